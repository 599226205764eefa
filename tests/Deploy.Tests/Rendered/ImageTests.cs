using Sheaf.Deploy.Tests.Manifests;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>What is published is what runs.</summary>
public sealed class ImageTests
{
    [SkippableTheory]
    [InlineData("silo/Silo.csproj", "", "demo", "sheaf-silo")]
    [InlineData("silo/Silo.csproj", "", "production", "sheaf-silo")]
    [InlineData("silo/Silo.csproj", "-p:Torch=cuda", "gpu", "sheaf-silo-gpu")]
    [InlineData("client/Client.csproj", "", "demo", "sheaf-client")]
    [InlineData("client/Client.csproj", "", "production", "sheaf-client")]
    public async Task Image_Published_IsTheOneThatTheOverlayRuns(string project, string variant, string overlay, string deployment)
    {
        var pod = Overlay.Render(overlay).Pods.Single(pods => pods.Name == deployment).Template.Spec;

        var image = await PublishedImage.EvaluateAsync(project, variant);

        Assert.Equal($"{image["ContainerRepository"]}:{image["ContainerImageTag"]}", pod.Containers.Single().Image.Split('/')[^1]);
        Assert.Equal(image["ContainerUser"], $"{pod.SecurityContext.RunAsUser}");
    }
}
