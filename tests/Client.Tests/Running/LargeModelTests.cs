namespace Sheaf.Client.Tests.Running;

/// <summary>A model that does not fit into memory.</summary>
public sealed class LargeModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_MoreThanThisMachineHas_IsRefusedWithTheArithmeticBeforeItBegins()
    {
        var run = await SheafProcess.WithMemoryAsync(
            400_000_000, "run", _folder.Write("large.json", SheafRun.SmallStudy), "--set", "model.buckets=1000000", "--output", _folder.In("a"));

        Assert.Equal((1, ""), (run.ExitCode, run.Output.Contains("Round", StringComparison.Ordinal) ? run.Output : ""));
        // 63 labels: 12 B for checkpoints and, with a sum a lane and two more, 8 B each for every one of 63,000,063 parameters.
        Assert.Matches(
            @"^A model of 63,000,063 parameters with 8 devices a round takes at least [0-9.]+ GB \(checkpoints 0\.76, sums [0-9.]+, trainers [0-9.]+, cohort 0\.0\) on a silo of [0-9]+ lanes, and this one has 0\.4 GB\.",
            run.Error);
        Assert.False(File.Exists(_folder.In("a/rounds.jsonl")));
    }
}
