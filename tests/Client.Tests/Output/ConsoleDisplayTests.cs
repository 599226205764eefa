using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Output;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Spectre.Console;

namespace Sheaf.Client.Tests.Output;

public sealed class ConsoleDisplayTests : IDisposable
{
    private static readonly Study Study = new();

    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    public void Finished_Rounds_AreOneLineEachUnderTheDocumentedColumns(int width)
    {
        var lines = Finish(width, [Round(1), Round(2), Round(3) with { Abandoned = "no device trained", Evaluation = null }]);

        var header = Array.FindIndex(lines, line => line.Contains("round"));
        Assert.Equal(["round", "cohort", "reported", "accuracy", "loss", "select", "config", "train", "aggr", "commit", "eval"], Words(lines[header]));
        Assert.Equal(["1", "10000", "9876", "63.0%", "1.512", "0.06", "0.01", "123.46", "0.08", "0.04", "12.35"], Words(lines[header + 2]));
        Assert.Equal(["2", "10000", "9876", "63.0%", "1.512", "0.06", "0.01", "123.46", "0.08", "0.04", "12.35"], Words(lines[header + 3]));
        Assert.Equal(["3", "10000", "abandoned", "0.06", "0.01", "123.46", "0.08", "0.04", "12.35"], Words(lines[header + 4]));
        Assert.Equal("from select to eval: seconds in each phase", lines[(header + 5)..].First(line => line.Trim().Length > 0).Trim());
        Assert.All(lines[..^1], line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Finished_NextWords_ShowTheirPerplexityInstead()
    {
        var rounds = new[] { Round(1), Round(2) with { Abandoned = "no device trained", Evaluation = null }, Round(3) };

        var lines = Finish(80, rounds, study: Study with { Task = new TaskSection { Type = TaskType.NextWord } });

        var header = Array.FindIndex(lines, line => line.Contains("round"));
        Assert.Equal("round cohort reported perplexity loss".Split(' '), Words(lines[header])[..5]);
        // e to the power of 1.5125.
        Assert.Equal(["1", "10000", "9876", "4.5", "1.512"], Words(lines[header + 2])[..5]);
        Assert.All(lines[..^1], line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Finished_ManyRounds_ShowsThirtyOfThemAndTheLast()
    {
        var lines = Finish(80, [.. Enumerable.Range(1, 100).Select(Round)]);

        var shown = lines.Select(Words).Where(words => words is [_, "10000", ..]).Select(words => int.Parse(words[0])).ToArray();
        Assert.Equal(Enumerable.Range(1, 25).Select(i => 4 * i), shown);
    }

    [Fact]
    public void Finished_LongPath_IsNotBroken()
    {
        var deep = string.Join('/', Enumerable.Repeat("a-rather-long-name", 6));

        Assert.Equal($"Results: {_folder.In(deep)} (report.html, summary.json, rounds.jsonl, study.json)", Finish(80, [Round(1)], deep)[^1]);
    }

    [Theory]
    [InlineData(false, "Accuracy on new examples by period, from the second: 20.0% 40.0% –.", "Accuracy by tenth of the devices, the most active last: 30.0% –.")]
    [InlineData(true, "Perplexity on new examples by period, from the second: 16.0 8.0 –.", "Perplexity by tenth of the devices, the most active last: 4.0 –.")]
    public void Finished_PeriodsAndGroups_AreALineEach(bool isLanguage, string periods, string groups)
    {
        var study = Study with { Task = new TaskSection { Type = isLanguage ? TaskType.NextWord : TaskType.Classification } };
        PeriodRecord[] scored =
        [
            new(0, 1, new EvaluationRecord(1, 1, 0.1, Math.Log(99), [], [], Represented: 1), null, true),
            new(1, 2, new EvaluationRecord(1, 1, 0.2, Math.Log(16), [], [], Represented: 1), null, true),
            new(2, 3, new EvaluationRecord(1, 1, 0.4, Math.Log(8), [], [], Represented: 1), null, true),
            new(3, 4, null, "no device has any new example", true),
        ];
        var round = Round(4) with { Evaluation = new EvaluationRecord(1, 1, 0.3, 1, [], [new GroupScore(1, 1, 0.3, Math.Log(4), 1)]) };
        var participation = new ParticipationSummary(2, 0, 8, 0, [new GroupParticipation(1, 0, 4), new GroupParticipation(1, 0, 4)]);
        var outcome = new RunOutcome(new PopulationTotals(2, 2, 4, 2), null, [round], [.. scored], participation);

        Display(100).Ended(RunSummary.Of(study, outcome, TimeSpan.FromSeconds(1)));

        var lines = _output.ToString().Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Contains(periods, lines);
        Assert.Contains(groups, lines);
    }

    [Theory]
    [InlineData(13_422, "13,422 rows of the file have no label and were left out.")]
    [InlineData(0, "study: 3 devices hold 40 examples to train on and 10 held out, of 5 labels. Seed 1.")]
    public void Delivered_RowsWithoutALabel_AreCountedWhenThereAreAny(long unlabelled, string last)
    {
        Display(100).Delivered(Study, new PopulationTotals(4, 3, 40, 10), 5, new RunData(50, unlabelled, []));

        Assert.Equal(last, _output.ToString().TrimEnd().Split('\n')[^1].TrimEnd());
    }

    [Fact]
    public void Delivered_RowsThatRetentionDropped_AreCounted()
    {
        Display(100).Delivered(Study, new PopulationTotals(4, 3, 40, 10), 5, new RunData(1_250, 0, []));

        Assert.Equal("1,200 rows of the file were not kept: population.retention says so.", _output.ToString().TrimEnd().Split('\n')[^1].TrimEnd());
    }

    [Fact]
    public void Delivered_LabelsInHeldOutRowsOnly_AreNamed()
    {
        Display(120).Delivered(Study, new PopulationTotals(4, 3, 40, 10), 9, new RunData(50, 0, ["a", "b", "c", "d", "e", "f"]));

        const string expected = "6 of the labels are in held-out rows only, so no device can learn them: 'a', 'b', 'c', 'd', 'e' and 1 more.";
        Assert.Equal(expected, _output.ToString().TrimEnd().Split('\n')[^1].TrimEnd());
    }

    [Fact]
    public async Task TrainingAsync_NoTerminal_SaysLittle()
    {
        const int rounds = 1000;
        var study = Study with { Training = Study.Training with { Rounds = rounds } };
        var records = new List<RoundRecord>();

        await Display(80).TrainingAsync(study, told =>
        {
            for (var round = 1; round <= rounds; round++)
            {
                records.Add(Round(round));
                told(new TaskProgress(TaskRunStatus.Running, round, rounds, RoundPhase.Train, [], null, []), records);
            }

            return Task.FromResult(0);
        });

        Assert.InRange(_output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 0, 20);
    }

    [Fact]
    public async Task DeliveringAsync_DeliveryThatFails_IsNotSwallowed() =>
        await Assert.ThrowsAsync<InvalidDataException>(() => Display(80).DeliveringAsync<int>(10, _ => throw new InvalidDataException()));

    private static RoundRecord Round(int round) => new(
        round,
        null,
        10_000,
        new DeviceOutcomes(9_876, 100, 0, 24, 0, 0, 0),
        1_000_000,
        2.5,
        new EvaluationRecord(100, 2000, 0.6304, 1.5125, [], []),
        1000,
        "0123",
        true,
        1,
        ImmutableSortedDictionary.CreateRange(new Dictionary<RoundPhase, double>
        {
            [RoundPhase.Select] = 0.0631,
            [RoundPhase.Configure] = 0.0114,
            [RoundPhase.Train] = 123.456,
            [RoundPhase.Aggregate] = 0.0839,
            [RoundPhase.Commit] = 0.0425,
            [RoundPhase.Evaluate] = 12.346,
        }));

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string[] Finish(int width, RoundRecord[] records, string folder = "out", Study? study = null)
    {
        var outcome = new RunOutcome(new PopulationTotals(10, 10, 100, 20), null, records, [], new ParticipationSummary(10, 0, 10, 0, []));
        var summary = RunSummary.Of(study ?? Study, outcome, TimeSpan.FromSeconds(3));
        Display(width).Finished(records, summary, RunFolder.Create(_folder.In(folder)));
        return _output.ToString().TrimEnd('\n').Split('\n');
    }

    private ConsoleDisplay Display(int width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_output),
        });
        console.Profile.Width = width;
        return new ConsoleDisplay(console);
    }
}
