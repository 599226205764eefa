using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

/// <summary>What the command answers a shell that completes what is typed.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sheaf run sl", "slurp", "slurp-central")]
    [InlineData("sheaf validate vo", "voice")]
    [InlineData("sheaf stu", "studies")]
    [InlineData("sheaf run voice --res", "--resume")]
    public async Task Suggest_UnfinishedWord_IsCompleted(string line, params string[] expected) => Assert.Equal(expected, await SuggestAsync(line));

    [Fact]
    public async Task Suggest_PathOfAStudy_CompletesFilesAndFolders()
    {
        _folder.Write("mine.json", "{}");
        _folder.Write("mine.tsv", "");
        Directory.CreateDirectory(_folder.In("more"));

        Assert.Equal([_folder.In("mine.json"), _folder.In("more/")], await SuggestAsync($"sheaf run {_folder.In("m")}"));
    }

    [Fact]
    public async Task Suggest_FolderThatIsNotThere_OffersNothing() => Assert.Empty(await SuggestAsync($"sheaf run {_folder.In("none/x")}"));

    private static async Task<string[]> SuggestAsync(string line)
    {
        var run = await SheafRun.InvokeAsync($"[suggest:{line.Length}]", line);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
