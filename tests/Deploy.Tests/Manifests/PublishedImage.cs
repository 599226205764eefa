using System.Diagnostics;
using System.Text.Json;

namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>What a project says of the image that <c>dotnet publish -t:PublishContainer</c> makes of it.</summary>
internal static class PublishedImage
{
    private static readonly string[] Properties =
        ["ContainerRepository", "ContainerImageTag", "ContainerBaseImage", "ContainerRuntimeIdentifier", "ContainerUser", "TargetFramework"];

    /// <summary>Evaluates the project, without building anything.</summary>
    /// <param name="project">Its path from the repository's root.</param>
    /// <param name="variant">A property to set, as MSBuild's argument; empty for none.</param>
    /// <returns>Its properties, and the ports under <c>ContainerPort</c>, with commas.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> EvaluateAsync(string project, string variant = "")
    {
        string[] command = ["msbuild", project, "-nologo", .. Properties.Select(property => $"-getProperty:{property}"), "-getItem:ContainerPort", variant];
        var start = new ProcessStartInfo("dotnet", command.Where(word => word.Length > 0)) { WorkingDirectory = DeployFolder.Repository, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        using var document = JsonDocument.Parse(output);
        var found = Properties.ToDictionary(name => name, name => document.RootElement.GetProperty("Properties").GetProperty(name).GetString()!);
        found["ContainerPort"] = string.Join(',', document.RootElement.GetProperty("Items").GetProperty("ContainerPort").EnumerateArray()
            .Select(port => $"{port.GetProperty("Identity").GetString()}/{port.GetProperty("Type").GetString()}"));
        return found;
    }
}
