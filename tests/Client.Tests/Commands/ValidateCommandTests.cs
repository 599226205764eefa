using System.Text.Json.Nodes;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Commands;

public sealed class ValidateCommandTests : IDisposable
{
    private const string Header = "session\tts\ttext\tintent\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Invoke_GeneratedStudy_SumsItUp() => AssertAsync(
        (0, "valid: voice, seed 1; 40 rounds of 50 devices; embedding-bag, power, fedadam; 1,000 generated devices\n", ""), "voice");

    [Fact]
    public Task Invoke_FileStudyWithoutFile_IsValidAndSaysThatItIsMissing() => AssertAsync(
        (0, "valid: slurp, seed 1; 60 rounds of 40 devices; embedding-bag, power, fedadam; the data file is not named yet\n", ""), "slurp");

    [Fact]
    public Task Invoke_GoodData_CountsIt()
    {
        var data = _folder.Write("d.tsv", Header + "s1\t2026-01-01\ta\tx\ns2\t2026-01-02\tb\ty\ns1\t2026-01-03\tc\ty\n");

        return AssertAsync(
            (0, "valid: slurp, seed 1; 60 rounds of 2 devices; embedding-bag, power, fedadam; 3 rows of 2 devices with 2 labels\n", ""),
            "slurp", "--data", data, "--set", "training.cohort=2");
    }

    [Fact]
    public Task Invoke_RowsWithoutALabel_AreLeftOutAndCounted()
    {
        var data = _folder.Write("d.tsv", Header + "s1\t2026-01-01\ta\tx\ns2\t2026-01-02\tb\ty\ns1\t2026-01-03\tc\t\ns3\t2026-01-03\td\t\n");

        return AssertAsync(
            (0, "valid: slurp, seed 1; 60 rounds of 2 devices; embedding-bag, power, fedadam; 2 rows of 2 devices with 2 labels, 2 rows without a label left out\n", ""),
            "slurp", "--data", data, "--set", "training.cohort=2");
    }

    [Fact]
    public Task Invoke_LabelThatIsHeldOutOnly_IsCounted()
    {
        var data = _folder.Write("d.tsv", "session\tts\ttext\tintent\tpart\ns1\t2026-01-01\ta\tx\ttrain\ns2\t2026-01-02\tb\ty\ttest\n");

        return AssertAsync(
            (0, "valid: slurp, seed 1; 60 rounds of 2 devices; embedding-bag, power, fedadam; 2 rows of 2 devices with 2 labels, 1 label in held-out rows only\n", ""),
            "slurp", "--data", data, "--set", "training.cohort=2", "--set", "population.file.columns.split=part");
    }

    [Fact]
    public Task Invoke_EveryRowHeldOut_IsAnEmptyPopulation()
    {
        var data = _folder.Write("d.tsv", "session\tts\ttext\tintent\tpart\ns1\t2026-01-01\ta\tx\tdev\ns2\t2026-01-02\tb\ty\ttest\n");

        var expected = $"The data file '{data}' has 1 problem:\n  column 'part': no row says 'train', so that all are held out and none is left to train on. "
            + "Write it in the rows to train on, or name another column.\n";
        return AssertAsync((2, "", expected), "slurp", "--data", data, "--set", "training.cohort=2", "--set", "population.file.columns.split=part");
    }

    [Fact]
    public Task Invoke_DataNamedInTheStudy_IsReadToo()
    {
        _folder.Write("d.tsv", "device\ttime\ttext\tlabel\nd1\t1\ta\tx\nd1\t2\tb\ty\n");
        var study = _folder.Write("s.json", """{"name":"mine","seed":9,"population":{"source":"file","file":{"path":"d.tsv"}},"training":{"cohort":1}}""");

        return AssertAsync(
            (0, "valid: mine, seed 9; 30 rounds of 1 device; embedding-bag, power, fedavg; 2 rows of 1 device with 2 labels\n", ""), study);
    }

    [Fact]
    public Task Invoke_Set_ChangesTheStudy() => AssertAsync(
        (0, "valid: voice, seed 5; 3 rounds of 50 devices; embedding-bag, power, fedavg; 1,000 generated devices\n", ""),
        "voice", "--set", "seed=5", "--set", "training.rounds=3", "--set", "training.server.optimizer=fedavg");

    [Fact]
    public Task Invoke_SetWithoutAValue_SaysHowToWriteIt() => AssertAsync(
        (2, "", "--set: 'rounds' is not of the form FIELD=VALUE, for example training.rounds=10.\n'sheaf validate --help' lists the options.\n"),
        "voice", "--set", "rounds");

    [Fact]
    public Task Invoke_WrongStudy_NamesAllMistakes()
    {
        var study = WriteWrongStudy();

        var expected = $"""
            The study '{study}' has 2 mistakes:
              nmae: there is no such field. Did you mean 'name'?
              training.rounds: 0 is below 1. Train for 1 to 1000000 rounds.

            """;
        return AssertAsync((2, "", expected), study);
    }

    [Fact]
    public async Task Invoke_WrongStudyAsJson_NamesAllMistakes()
    {
        var study = WriteWrongStudy();

        var run = await SheafRun.InvokeAsync("validate", study, "--json");

        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        var answer = JsonNode.Parse(run.Output);
        var expected = JsonNode.Parse("""
            {
              "study": "",
              "valid": false,
              "mistakes": [
                { "path": "nmae", "what": "there is no such field", "remedy": "Did you mean 'name'?" },
                { "path": "training.rounds", "what": "0 is below 1", "remedy": "Train for 1 to 1000000 rounds." }
              ]
            }
            """)!;
        expected["study"] = study;
        Assert.Equal(expected.ToJsonString(), answer!.ToJsonString());
    }

    [Fact]
    public Task Invoke_WrongData_NamesAllProblems()
    {
        var data = WriteWrongData(2);

        var expected = $"""
            The data file '{data}' has 2 problems:
              line 2, column 'ts', value 'now': not a time. {Remedy}
              line 3, column 'ts', value 'now': not a time. {Remedy}

            """;
        return AssertAsync((2, "", expected), "slurp", "--data", data);
    }

    [Fact]
    public async Task Invoke_WrongDataAsJson_NamesTheFirstTenAndCountsTheOthers()
    {
        var data = WriteWrongData(13);

        var run = await SheafRun.InvokeAsync("validate", "slurp", "--json", "--data", data);

        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        var mistakes = JsonNode.Parse(run.Output)!["mistakes"]!.AsArray();
        var lines = Enumerable.Range(2, 10).Select(line => Mistake($"{data}, line {line}, column 'ts', value 'now'", "not a time", Remedy));
        Assert.Equal(lines.Append(Mistake(data, "3 more problems", "Mend these first.")), mistakes.Select(mistake => mistake!.ToJsonString()));
    }

    [Fact]
    public async Task Invoke_RightStudyAsJson_HasNoMistakes()
    {
        var run = await SheafRun.InvokeAsync("validate", "voice", "--json");

        var expected = "{\n  \"study\": \"voice\",\n  \"valid\": true,\n  \"mistakes\": []\n}\n";
        Assert.Equal((0, expected, ""), (run.ExitCode, run.Output.ReplaceLineEndings("\n"), run.Error));
    }

    [Fact]
    public Task Invoke_DataOfTooManyLabelsForTheModel_NamesTheField()
    {
        var rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"d\t2026-01-01\tt\tlabel{i}\n"));
        var data = _folder.Write("d.tsv", "device\ttime\ttext\tlabel\n" + rows);
        var study = _folder.Write("s.json", """{"model":{"type":"softmax-regression","buckets":1000000},"training":{"cohort":1}}""");

        var expected = $"""
            The study '{study}' has 1 mistake:
              model.buckets: with 1000000 buckets and 300 labels or more the model has 300000300 values, above 268435456. Use fewer buckets.

            """;
        return AssertAsync((2, "", expected), study, "--data", data);
    }

    [Theory]
    [InlineData("--jsom", "There is no option '--jsom'. Did you mean '--json'?\n'sheaf validate --help' lists the options.\n")]
    [InlineData("voice more", "'more' is one argument too many.\n'sheaf validate --help' lists the options.\n")]
    [InlineData("voise",
        "The study 'voise' has 1 mistake:\n  it is neither a shipped study nor a file. Did you mean 'voice'? The shipped studies are 'voice', 'irc', 'slurp', 'gitlog', 'diurnal', 'retention', 'stragglers', 'slurp-central', 'activity-static', 'negative-control', 'activity-continual'; or give the path of a file.\n")]
    public Task Invoke_WrongArguments_SaysWhatIsWrong(string line, string expected) => AssertAsync((2, "", expected), line.Split(' '));

    private const string Remedy = "Write ISO 8601 (2015-06-17T07:46:32Z), '2015-06-17 07:46', or whole unix seconds or milliseconds.";

    private string WriteWrongStudy() => _folder.Write("bad.json", """{"nmae":"x","training":{"rounds":0}}""");

    private string WriteWrongData(int rows) => _folder.Write("bad.tsv", Header + string.Concat(Enumerable.Repeat("s1\tnow\ta\tx\n", rows)));

    private static string Mistake(string path, string what, string remedy) =>
        new JsonObject { ["path"] = path, ["what"] = what, ["remedy"] = remedy }.ToJsonString();

    private static async Task AssertAsync((int ExitCode, string Output, string Error) expected, params string[] args)
    {
        var run = await SheafRun.InvokeAsync(["validate", .. args]);

        Assert.Equal(
            (expected.ExitCode, expected.Output.ReplaceLineEndings("\n"), expected.Error.ReplaceLineEndings("\n")),
            (run.ExitCode, run.Output, run.Error.ReplaceLineEndings("\n")));
    }
}
