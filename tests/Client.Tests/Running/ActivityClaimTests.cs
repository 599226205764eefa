using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>Short versions, with fixed seeds, of what the shipped studies say of activity-based selection.</summary>
public sealed class ActivityClaimTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ActivityStatic_EarlyInTraining_ProportionalIsAheadOfUniform()
    {
        var summary = await RunAsync("activity-static", "--arm", "uniform", "--arm", "proportional", "--seeds", "1,2", "--set", "training.rounds=20");

        var early = summary["differencesByRound"]!.AsArray().Single(difference => (int)difference!["at"]! == 20)!;
        Assert.Equal("proportional", (string)early["arm"]!);
        Assert.Equal(2, (int)early["wins"]!);
        Assert.InRange((double)early["difference"]!["mean"]!, 0.08, 0.6);
    }

    [Fact]
    public async Task ActivityContinual_WhenOldDataGoes_ProportionalIsFurtherAheadThanWithAllOfIt()
    {
        string[] arms = ["uniform", "proportional", "uniform-all", "proportional-all"];
        var summary = await RunAsync("activity-continual", [.. arms.SelectMany(arm => new[] { "--arm", arm }), "--seeds", "1,2"]);

        var last = summary["arms"]!.AsArray().ToDictionary(arm => (string)arm!["arm"]!, arm => (double)arm!["lastAccuracy"]!["mean"]!);
        var (gap, gapWithAll) = (last["proportional"] - last["uniform"], last["proportional-all"] - last["uniform-all"]);
        Assert.InRange(gap, 0.15, 0.6);
        Assert.InRange(gap, gapWithAll + 0.05, 1);
    }

    [Fact]
    public async Task NegativeControl_AllDevicesAlike_BothArmsAreTheSameToTheBit()
    {
        await RunAsync("negative-control", "--seeds", "1", "--set", "training.rounds=3", "--set", "population.periods=2");

        var (uniform, proportional) = (SheafRun.RepeatableRounds(_folder.In("out/uniform/seed-1")), SheafRun.RepeatableRounds(_folder.In("out/proportional/seed-1")));
        Assert.Equal(6, uniform.Length);
        Assert.Equal(uniform, proportional);
    }

    private async Task<JsonNode> RunAsync(string study, params string[] more)
    {
        var run = await SheafRun.InvokeAsync(["run", study, "--output", _folder.In("out"), .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonNode.Parse(File.ReadAllText(_folder.In("out/summary.json")))!;
    }
}
