namespace Sheaf.Client.Tests;

/// <summary>Real data sets, where the machine has them.</summary>
internal static class SharedData
{
    /// <summary>Finds a file below the nearest <c>shared/data</c> above the tests; without one, the test is skipped.</summary>
    public static string Find(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
        {
            folder = folder.Parent;
        }

        Skip.If(folder is null, "No folder above the tests holds shared/data.");
        var path = Path.Combine(folder!.FullName, "shared", "data", name);
        Skip.IfNot(File.Exists(path), $"There is no {path}.");
        return path;
    }
}
