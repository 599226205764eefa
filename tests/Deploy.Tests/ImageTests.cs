using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Silo.Configuration;

namespace Sheaf.Deploy.Tests;

/// <summary>What <c>dotnet publish -t:PublishContainer</c> would make. Neither the base image nor a registry is asked.</summary>
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
}
