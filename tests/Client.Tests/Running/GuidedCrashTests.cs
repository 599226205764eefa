namespace Sheaf.Client.Tests.Running;

/// <summary>Runs whose cohorts depend on what devices reported, killed with SIGKILL: what was reported is known again, and nothing else.</summary>
public sealed class GuidedCrashTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The row of the task is written when it is started (1), taken over (2) and given its first checkpoint (3), then to commit a round.
    [Theory]
    [InlineData("oort", "select", "call:CountOortAsync:5")]
    [InlineData("oort", "commit, round and reports stored and the row not written", "written:round-2:1")]
    [InlineData("oort", "commit, after the row", "written:task:6")]
    [InlineData("power-of-choice", "commit, after the row", "written:task:6")]
    public async Task Resume_AfterAKill_GivesTheRoundsOfAnUninterruptedRun(string strategy, string where, string point)
    {
        var study = _folder.Write("study.json", SheafRun.SmallStudy.Replace(
            "\"rounds\": 3", $$"""
            "rounds": 4, "selection": { "strategy": "{{strategy}}", "oort": { "exploration": 0.5 } }
            """,
            StringComparison.Ordinal));
        var whole = await SheafRun.InvokeAsync("run", study, "--output", _folder.In("whole"));
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));

        var killed = await SheafProcess.CrashAsync(point, "run", study, "--output", _folder.In("killed"));
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("killed"));

        Assert.Equal((where, SheafProcess.Killed), (where, killed.ExitCode));
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Equal(4, SheafRun.RepeatableRounds(_folder.In("whole")).Length);
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("whole")), SheafRun.RepeatableRounds(_folder.In("killed")));
    }
}
