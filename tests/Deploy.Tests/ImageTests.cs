using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Deploy.Tests.Processes;
using Sheaf.Silo.Configuration;

namespace Sheaf.Deploy.Tests;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> makes. ASP.NET's image is not pulled, and nothing is pushed.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("silo/Silo.csproj", "sheaf-silo")]
    [InlineData("client/Client.csproj", "sheaf")]
    public async Task Properties_BothPrograms_MakeAnImageThatDoesNotRunAsRoot(string project, string repository)
    {
        var image = await PublishedImage.EvaluateAsync(project);

        Assert.Equal(repository, image["ContainerRepository"]);
        Assert.Equal("linux-x64", image["ContainerRuntimeIdentifier"]);
        // ASP.NET's image, for the probes, of the framework that is built for.
        Assert.StartsWith("mcr.microsoft.com/dotnet/aspnet:" + image["TargetFramework"]["net".Length..], image["ContainerBaseImage"]);
        Assert.True(int.Parse(image["ContainerUser"]) > 0);
    }

    [Fact]
    public async Task Ports_Silo_AreThoseItListensOn()
    {
        var endpoints = new EndpointSettings();

        var image = await PublishedImage.EvaluateAsync("silo/Silo.csproj");

        Assert.Equal($"{endpoints.SiloPort}/tcp,{endpoints.GatewayPort}/tcp,{endpoints.HealthPort}/tcp", image["ContainerPort"]);
    }

    [Fact]
    public async Task Publish_Silo_MakesAnImageThatRunsItOnThesePorts()
    {
        using var registry = new BaseImageRegistry();
        var folder = Directory.CreateTempSubdirectory("sheaf-image-").FullName;
        try
        {
            var (tags, config) = await PublishedImage.PublishAsync("silo/Silo.csproj", $"{registry.Host}/aspnet:base", folder);

            Assert.Equal(["sheaf-silo:1.0.0"], tags);
            Assert.Equal("1654", config.GetProperty("User").GetString());
            Assert.Equal(["dotnet", "/app/Sheaf.Silo.dll"], config.GetProperty("Entrypoint").EnumerateArray().Select(word => word.GetString()));
            Assert.Equal(
                ["11111/tcp", "30000/tcp", "8080/tcp"], config.GetProperty("ExposedPorts").EnumerateObject().Select(port => port.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
