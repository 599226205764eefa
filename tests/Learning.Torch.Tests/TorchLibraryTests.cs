namespace Sheaf.Learning.Torch.Tests;

/// <summary>What is refused. That one is used is shown with a silo in a process of its own.</summary>
public sealed class TorchLibraryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-torch-");

    private string Lib => Path.Combine(_folder.FullName, "lib");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Use_NoLibrary_SaysWhatIsMissing() => AssertRefused(_folder.FullName, "There is no libtorch in '");

    [Theory]
    [InlineData("build-version", "2.9.1+cpu\n", "2.9.1")]
    [InlineData("version.py", "from typing import Optional\n__version__ = '2.11.0+cu130'\ncuda: Optional[str] = '13.0'\n", "2.11.0")]
    [InlineData("version.py", "__version__ = 'unknown'", null)]
    public void Use_OtherVersion_SaysBoth(string file, string content, string? version)
    {
        PutLibrary(file, content);

        AssertRefused(_folder.FullName, $"The libtorch in '{_folder.FullName}' is of {(version is null ? "a version that nothing beside it says" : $"version {version}")}, and TorchSharp was built for 2.10.");
        AssertRefused(Lib, $"The libtorch in '{Lib}' is of ");
    }

    [Fact]
    public void Use_ProcessComputesAlready_IsRefused()
    {
        PutLibrary("build-version", "2.10.0+cpu");
        _ = new TorchTrainerFactory();

        Assert.Throws<InvalidOperationException>(() => TorchLibrary.Use(_folder.FullName));
    }

    private void PutLibrary(string file, string content)
    {
        Directory.CreateDirectory(Lib);
        File.WriteAllText(Path.Combine(Lib, "libtorch_cpu.so"), "none");
        File.WriteAllText(Path.Combine(_folder.FullName, file), content);
    }

    private static void AssertRefused(string path, string message) =>
        Assert.StartsWith(message, Assert.Throws<TorchLibraryException>(() => TorchLibrary.Use(path)).Message, StringComparison.Ordinal);
}
