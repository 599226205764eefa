using System.Text.Json.Nodes;

namespace Sheaf.Client.Tests.Running;

/// <summary>A study of drop-out, as a user runs it.</summary>
public sealed class DropOutRunTests : IDisposable
{
    private const int Selected = 12;
    private const int Needed = 9;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_DropOutWithOverSelection_HasRoundsThatAddUp()
    {
        var run = await SheafRun.InvokeAsync(
            "run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In("a"), "--set", "training.rounds=8",
            "--set", "population.behaviour.dropOut=0.3", "--set", "training.overSelection=1.5", "--set", $"training.minimumReports={Needed}");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var summary = SheafRun.Read(_folder.In("a"), "summary.json");
        var rounds = File.ReadLines(_folder.In("a/rounds.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();
        var (before, updates, abandoned, dropped) = ((string?)null, 0, 0, 0);
        foreach (var round in rounds)
        {
            var (trained, droppedOut) = (Outcome(round, "trained"), Outcome(round, "droppedOut"));
            var why = (string?)round["abandoned"];
            Assert.Equal((Selected, Selected), ((int)round["cohort"]!, trained + droppedOut));
            Assert.Equal(
                trained >= Needed ? null : $"only {trained} of 12 selected devices gave an update and 9 are needed ({droppedOut} dropped out)", why);
            Assert.True(before is null || why is null == (before != (string?)round["checkpoint"]));
            before = (string?)round["checkpoint"];
            updates += why is null ? trained : 0;
            abandoned += why is null ? 0 : 1;
            dropped += droppedOut;
        }

        // 96 devices were selected; 4 standard errors around 0.3 of them are 28.8 ± 18.
        Assert.InRange(dropped, 11, 46);
        Assert.InRange(abandoned, 1, 7);
        Assert.Equal((updates, abandoned), (summary.GetProperty("updates").GetInt32(), summary.GetProperty("roundsAbandoned").GetInt32()));
        Assert.True(summary.GetProperty("repeatable").GetBoolean());
    }

    private static int Outcome(JsonNode round, string name) => (int)round["outcomes"]![name]!;
}
