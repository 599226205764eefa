using System.Text.Json;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Models;

/// <summary>Whose data a run's model has, and taking it out again.</summary>
public sealed class UnlearnCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unlearn_ErasedDevice_RunsItsRoundsAgainAndWritesTheModelThatHasNothingOfIt()
    {
        await SheafRun.InvokeAsync("run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"));
        var device = (await JsonAsync("model", "influence", "--json")).GetProperty("influence").GetProperty("most")[0].GetProperty("device").GetString()!;
        var used = (await JsonAsync("device", "lineage", device, "--json")).GetProperty("rounds").EnumerateArray().Select(round => round.GetInt32()).ToArray();
        var (rounds, card) = (Checkpoints(), Card());

        var refused = await InvokeAsync("model", "unlearn", device);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.StartsWith($"Nothing of '{device}' has been erased. Erase it first", refused.Error, StringComparison.Ordinal);

        var erased = await InvokeAsync("device", "erase", device);
        Assert.Contains($"Used by {used.Length} committed rounds of task small-7: ", erased.Output, StringComparison.Ordinal);
        var plan = (await JsonAsync("model", "unlearn", device, "--plan", "--json")).GetProperty("plan");
        Assert.Equal((used[0], 0), (plan.GetProperty("firstUsed").GetInt32(), plan.GetProperty("lost").GetArrayLength()));
        Assert.Equal(rounds, Checkpoints());
        Assert.Equal(card, Card());

        var run = await InvokeAsync("model", "unlearn", device);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"Data of '{device}' was first used in round {used[0]}; the last checkpoint before it that is kept is ", run.Output, StringComparison.Ordinal);
        Assert.Equal($"No committed round of task small-7 used data of device {device}.\n", (await InvokeAsync("device", "lineage", device)).Output);
        var clean = plan.GetProperty("cleanRound").GetInt32();
        var after = Checkpoints();
        Assert.Equal(rounds.Length, after.Length);
        Assert.Equal(rounds.Take(clean), after.Take(clean));
        Assert.NotEqual(rounds[used[0] - 1], after[used[0] - 1]);
        Assert.Equal((after[^1], false), Card());
        Assert.Equal(after[^1], (await JsonAsync("model", "export", "--json")).GetProperty("model").GetProperty("checkpoint").GetString());
        var nothing = await InvokeAsync("model", "unlearn", device);
        Assert.Equal((0, $"No committed round used data of '{device}': there is nothing to unlearn.\n"), (nothing.ExitCode, nothing.Output));
        Assert.Contains($"Unlearnt at ", (await InvokeAsync("model", "influence")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unlearn_RoundsWhoseDataIsGone_NamesThemAndTrainsAnewWhenAsked()
    {
        await SheafRun.InvokeAsync(
            "run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"), "--set", "population.periods=2", "--set", "population.retention.periodsMax=1");
        var first = (await JsonAsync("model", "influence", "--json", "--top", "1000")).GetProperty("influence").GetProperty("most").EnumerateArray()
            .MinBy(device => device.GetProperty("firstRound").GetInt32());
        var device = first.GetProperty("device").GetString()!;
        await InvokeAsync("device", "erase", device);

        var lost = await InvokeAsync("model", "unlearn", device);

        Assert.Equal(1, lost.ExitCode);
        Assert.Matches(
            "^[0-9]+ of the rounds cannot be run again: 1.* Devices no longer hold what they used in them. To go on from the checkpoint of round 0, "
            + "which has nothing of the devices, add --train-anew.\n$",
            lost.Error);
        var anew = await InvokeAsync("model", "unlearn", device, "--train-anew");
        Assert.Equal((0, ""), (anew.ExitCode, anew.Error));
        Assert.Empty((await JsonAsync("device", "lineage", device, "--json")).GetProperty("rounds").EnumerateArray());
    }

    private Task<SheafRun> InvokeAsync(params string[] args) => SheafRun.InvokeAsync([.. args, "--output", _folder.In("a")]);

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        var run = await InvokeAsync(args);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private string[] Checkpoints() =>
        [.. File.ReadLines(Path.Combine(_folder.In("a"), "rounds.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("checkpoint").GetString()!)];

    private (string Checkpoint, bool Repeatable) Card()
    {
        var card = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.In("a"), "model.json"))).RootElement;
        return (card.GetProperty("checkpoint").GetString()!, card.GetProperty("repeatable").GetBoolean());
    }
}
