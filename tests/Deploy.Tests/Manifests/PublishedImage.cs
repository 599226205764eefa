using System.Diagnostics;
using System.Formats.Tar;
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
        var output = await DotnetAsync(["msbuild", project, "-nologo", .. Properties.Select(property => $"-getProperty:{property}"), "-getItem:ContainerPort", variant]);
        using var document = JsonDocument.Parse(output);
        var found = Properties.ToDictionary(name => name, name => document.RootElement.GetProperty("Properties").GetProperty(name).GetString()!);
        found["ContainerPort"] = string.Join(',', document.RootElement.GetProperty("Items").GetProperty("ContainerPort").EnumerateArray()
            .Select(port => $"{port.GetProperty("Identity").GetString()}/{port.GetProperty("Type").GetString()}"));
        return found;
    }

    /// <summary>Publishes the project, which has been built, to an archive.</summary>
    /// <param name="project">Its path from the repository's root.</param>
    /// <param name="baseImage">The image to build on.</param>
    /// <param name="folder">Where to put what is published.</param>
    /// <returns>The image's tags, and how containers of it are run.</returns>
    public static async Task<(string[] Tags, JsonElement Config)> PublishAsync(string project, string baseImage, string folder)
    {
        var archive = Path.Combine(folder, "image.tar");
        // The tests were built as what they lie in the folder of says.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        await DotnetAsync(
            ["publish", project, "--no-build", "-c", configuration, "-nologo", "-t:PublishContainer", $"-p:ContainerBaseImage={baseImage}",
            $"-p:ContainerArchiveOutputPath={archive}", $"-p:PublishDir={Path.Combine(folder, "publish")}/"],
            temporary: folder);
        var manifest = Entry(archive, "manifest.json")[0];
        return (
            [.. manifest.GetProperty("RepoTags").EnumerateArray().Select(tag => tag.GetString()!)],
            Entry(archive, manifest.GetProperty("Config").GetString()!).GetProperty("config"));
    }

    private static JsonElement Entry(string archive, string name)
    {
        using var file = File.OpenRead(archive);
        using var tar = new TarReader(file);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == name)
            {
                return JsonDocument.Parse(entry.DataStream!).RootElement;
            }
        }

        throw new InvalidDataException($"{archive} has no {name}.");
    }

    private static async Task<string> DotnetAsync(string[] command, string? temporary = null)
    {
        var start = new ProcessStartInfo("dotnet", command.Where(word => word.Length > 0)) { WorkingDirectory = DeployFolder.Repository, RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (temporary is not null)
        {
            // The SDK keeps the layers that it makes among the temporary files.
            start.Environment["TMPDIR"] = temporary;
        }

        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
