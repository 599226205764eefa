using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Running;

/// <summary>Studies that learn the next word from texts without labels.</summary>
public sealed class NextWordRunTests : IDisposable
{
    // Every word says what comes next, but the first of a text, one of eight: 1 of 6 words costs 3 bits, half a bit per word.
    private const int Cycle = 8;
    private const int Length = 6;
    private const int Rows = 320;
    private const double EntropyBits = 0.5;

    private const string Study = """
        {
          "name": "next",
          "population": { "source": "file", "shards": 2, "heldOut": 0, "file": { "columns": { "label": null, "split": "part" } } },
          "task": { "type": "next-word", "context": 1 },
          "model": { "type": "log-bilinear", "embeddingSize": 16 },
          "training": {
            "rounds": 40, "cohort": 10,
            "local": { "batchSize": 20, "learningRate": 4 },
            "server": { "optimizer": "fedavg", "learningRate": 1 },
          },
          "evaluation": { "every": 0 },
        }
        """;

    private static readonly string[] Words = ["zero", "one", "two", "three", "four", "five", "six", "seven"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WordsThatFollowFromThoseBefore_AreLearntToTheEntropyOfTheTexts()
    {
        var run = await RunAsync("out");

        var summary = SheafRun.Read(_folder.In("out"), "summary.json");
        Assert.Equal((10, Rows * 3 / 4), (summary.GetProperty("devices").GetInt32(), summary.GetProperty("examples").GetInt32()));
        var metrics = summary.GetProperty("metrics");
        var (accuracy, bits) = (metrics.GetProperty("accuracy").GetDouble(), metrics.GetProperty("bitsPerWord").GetDouble());
        // Five words of six are certain, the first is one of eight.
        Assert.InRange(accuracy, 5.0 / 6, 1);
        Assert.InRange(bits, EntropyBits - 0.01, EntropyBits + 0.1);
        Assert.Equal(Math.Pow(2, bits), metrics.GetProperty("perplexity").GetDouble(), 9);
        Assert.Contains("9 words, all others being one of them", Unwrapped(run.Output), StringComparison.Ordinal);
        Assert.Contains("bits per word, perplexity", Unwrapped(run.Output), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.In("out/figures/bits-by-round.svg")));
        Assert.Contains("perplexity", File.ReadAllText(_folder.In("out/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TextsThatArriveInPeriods_TellThePerplexityOfEach()
    {
        var run = await RunAsync("out", "--set", "population.periods=3", "--set", "training.rounds=5", "--set", "population.shards=1");

        var summary = SheafRun.Read(_folder.In("out"), "summary.json");
        var periods = summary.GetProperty("periods").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2], periods.Select(period => period.GetProperty("period").GetInt32()));
        var perplexities = periods.Select(period => period.GetProperty("prequential").GetProperty("perplexity").GetDouble()).ToArray();
        // Untrained, a model takes each of nine words for as likely as the others, all but; a model that has learnt of the earlier periods knows better.
        Assert.InRange(perplexities[0], 8, 10);
        Assert.All(perplexities[1..], perplexity => Assert.InRange(perplexity, 1, perplexities[0] - 1));
        Assert.Contains("Perplexity on new examples by period, from the second: ", Unwrapped(run.Output), StringComparison.Ordinal);
        Assert.Contains(
            summary.GetProperty("groups").EnumerateArray(), group => group.GetProperty("prequential") is { ValueKind: System.Text.Json.JsonValueKind.Object } score && score.GetProperty("perplexity").GetDouble() < perplexities[0]);
        Assert.All(["prequential-by-period", "perplexity-by-group", "prequential-by-group"], figure => Assert.True(File.Exists(_folder.In($"out/figures/{figure}.svg")), figure));
    }

    [Fact]
    public async Task Evaluate_FileOfTexts_ScoresItsWordsAndMissesNoLabel()
    {
        await RunAsync("out", "--set", "training.rounds=2");
        var texts = _folder.Write("texts.tsv", "text\nzero one two\nfour five\n");

        var run = await SheafRun.InvokeAsync("model", "evaluate", "--output", _folder.In("out"), "--data", texts, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var score = System.Text.Json.JsonDocument.Parse(run.Output);
        Assert.Equal(5, score.RootElement.GetProperty("examples").GetInt32());
        Assert.Empty(score.RootElement.GetProperty("unknownLabels").EnumerateObject());
        Assert.Equal(0, score.RootElement.GetProperty("unlabelled").GetInt32());
        var loss = score.RootElement.GetProperty("loss").GetDouble();
        Assert.Equal(loss / Math.Log(2), score.RootElement.GetProperty("bitsPerWord").GetDouble(), 9);
        Assert.Equal(Math.Exp(loss), score.RootElement.GetProperty("perplexity").GetDouble(), 9);
        var text = await SheafRun.InvokeAsync("model", "evaluate", "--output", _folder.In("out"), "--data", texts);
        Assert.Matches(@"^Accuracy \d+\.\d%, loss \d\.\d{3} \(\d\.\d{3} bits per word, perplexity \d+\.\d\), on 5 rows of ", text.Output);
    }

    [Fact]
    public async Task Run_TextsDealtOut_NeedNeitherDevicesNorLabels()
    {
        var data = _folder.Write("d.csv", "time,text,part\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"{row + 1},one two three,train\n")));

        var run = await SheafRun.InvokeAsync(
            "run", WriteStudy(), "--data", data, "--output", _folder.In("out"), "--set", "training.rounds=1", "--set", "training.cohort=4",
            "--set", "population.file.partition.kind=iid", "--set", "population.file.partition.devices=4");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        // Forty texts of three words, ten of them on each device; what a round counts is words.
        Assert.Equal((4, 40), (SheafRun.Read(_folder.In("out"), "summary.json").GetProperty("devices").GetInt32(), SheafRun.Read(_folder.In("out"), "summary.json").GetProperty("examples").GetInt32()));
        Assert.Contains("\"examples\":120,", Assert.Single(SheafRun.RepeatableRounds(_folder.In("out"))), StringComparison.Ordinal);
        Assert.DoesNotContain("Their labels", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameStudyAgain_GivesTheSameRounds()
    {
        await RunAsync("first", "--set", "training.rounds=3");
        var again = await SheafRun.InvokeAsync("run", _folder.In("first/study.json"), "--output", _folder.In("again"));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("first")), SheafRun.RepeatableRounds(_folder.In("again")));
    }

    [Fact]
    public async Task Run_VocabularyOfAFile_KnowsItsWordsAlone()
    {
        _folder.Write("words.txt", "Seven\n\n one \nnever\ntwo\nthree\n");

        var run = await RunAsync("out", "--set", "task.vocabularyFile=words.txt", "--set", "task.vocabulary=3", "--set", "training.rounds=1");

        // Three of its words, and one for all others.
        Assert.Contains("4 words, all others being one of them", Unwrapped(run.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one\ntwo words\n", "line 2 is not one word. Write one word a line")]
    [InlineData("\n", "holds no word. Write one word a line")]
    [InlineData(null, "cannot be read: ")]
    public async Task Run_VocabularyThatIsNone_IsAMistakeOfTheStudy(string? words, string expected)
    {
        if (words is not null)
        {
            _folder.Write("words.txt", words);
        }

        var run = await SheafRun.InvokeAsync("run", WriteStudy(), "--data", WriteData(), "--output", _folder.In("out"), "--set", "task.vocabularyFile=words.txt");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("task.vocabularyFile: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("out")));
    }

    [Fact]
    public async Task Validate_StudyAndTexts_CountsTheWords()
    {
        var run = await SheafRun.InvokeAsync("validate", WriteStudy(), "--data", WriteData());

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("320 rows of 10 devices with 9 words\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TextsWithoutWords_AreRefused()
    {
        var data = _folder.Write("d.tsv", "device\ttime\ttext\tpart\nd\t2026-01-01T00:00:00Z\t?!\ttrain\n");

        var run = await SheafRun.InvokeAsync("run", WriteStudy(), "--data", data, "--output", _folder.In("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("column 'text': no word in any row to train on. Name the column of the texts.", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_UbuntuIrc_LearnsFromMessagesWithoutLabels()
    {
        var data = SharedData.Find("ubuntu-irc/messages.tsv.gz");
        var study = _folder.Write("irc.json", StudyCatalog.ReadShipped("irc"));

        var run = await SheafRun.InvokeAsync(
            "run", study, "--data", data, "--output", _folder.In("out"), "--arm", "proportional", "--seed", "1", "--set", "population.periods=2",
            "--set", "training.rounds=1", "--set", "training.cohort=20", "--set", "task.vocabulary=200", "--set", "evaluation.every=1", "--set", "evaluation.devicesMax=100");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var summary = SheafRun.Read(_folder.In("out/proportional/seed-1"), "summary.json");
        Assert.Equal((2, 40), (summary.GetProperty("rounds").GetInt32(), summary.GetProperty("updates").GetInt32()));
        // Better than the same probability for each of 201 words.
        Assert.InRange(summary.GetProperty("metrics").GetProperty("bitsPerWord").GetDouble(), 1, Math.Log2(201));
        Assert.InRange(summary.GetProperty("periods")[1].GetProperty("prequential").GetProperty("perplexity").GetDouble(), 2, 201);
    }

    private static string RowOf(int row)
    {
        var words = Enumerable.Range(row, Length).Select(word => Words[word % Cycle]);
        return $"d{row / Cycle % 10}\t2026-01-01T{row / 60:00}:{row % 60:00}:00Z\t{string.Join(' ', words)}\t{(row / 80 == 3 ? "test" : "train")}\n";
    }

    private static string Unwrapped(string output) => string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private string WriteStudy() => _folder.Write("next.json", Study);

    private string WriteData() => _folder.Write("texts.tsv", "device\ttime\ttext\tpart\n" + string.Concat(Enumerable.Range(0, Rows).Select(RowOf)));

    private async Task<SheafRun> RunAsync(string output, params string[] options)
    {
        var run = await SheafRun.InvokeAsync(["run", WriteStudy(), "--data", WriteData(), "--output", _folder.In(output), .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run;
    }
}
