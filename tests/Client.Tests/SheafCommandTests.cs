using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests;

/// <summary>What the command says when it is asked for something wrong, and that nothing is left behind then.</summary>
public sealed class SheafCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Invoke_RunHelp_ListsTheOptions()
    {
        var run = await SheafRun.InvokeAsync("run", "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["--data <FILE>", "--output <DIR>", "--seed <N>", "--json", "stragglers, voice"], word => Assert.Contains(word, run.Output));
    }

    [Fact]
    public async Task Invoke_Nothing_ShowsTheCommands()
    {
        var run = await SheafRun.InvokeAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["run <STUDY>", "studies", "validate <STUDY>", "schema"], command => Assert.Contains(command, run.Output));
    }

    [Theory]
    [InlineData("run voice --sed 3", "There is no option '--sed'. Did you mean '--seed'?\n'sheaf run --help' lists the options.\n")]
    [InlineData("run --jsom", "There is no option '--jsom'. Did you mean '--json'?\n'sheaf run --help' lists the options.\n")]
    [InlineData("run --frobnicate", "There is no option '--frobnicate'.\n'sheaf run --help' lists the options.\n")]
    [InlineData("run voice more", "'more' is one argument too many.\n'sheaf run --help' lists the options.\n")]
    [InlineData("run --seed -1", "--seed: '-1' is not a whole number from 0 to 18446744073709551615.\n'sheaf run --help' lists the options.\n")]
    [InlineData("validat voice", "There is no command 'validat'. Did you mean 'validate'?\n'sheaf --help' lists the commands.\n")]
    [InlineData("device erase", "Required argument missing for command: 'erase'.\n'sheaf device erase --help' lists the options.\n")]
    [InlineData("studies voice", "'voice' is one argument too many.\n'sheaf studies --help' lists the options.\n")]
    [InlineData("rum", "There is no command 'rum'. Did you mean 'run'?\n'sheaf --help' lists the commands.\n")]
    [InlineData("run voise",
        "The study 'voise' has 1 mistake:\n  it is neither a shipped study nor a file. Did you mean 'voice'? The shipped studies are 'voice', 'irc', 'slurp', 'gitlog', 'diurnal', 'retention', 'stragglers', 'slurp-central', 'activity-static', 'negative-control', 'activity-continual'; or give the path of a file.\n")]
    [InlineData("run slrup",
        "The study 'slrup' has 1 mistake:\n  it is neither a shipped study nor a file. Did you mean 'slurp'? The shipped studies are 'slurp', 'irc', 'voice', 'diurnal', 'gitlog', 'stragglers', 'retention', 'slurp-central', 'activity-static', 'negative-control', 'activity-continual'; or give the path of a file.\n")]
    [InlineData("run slurp",
        "The study 'slurp' has 1 mistake:\n  population.file.path: no file is named. Name the file that holds the examples, with --data FILE or here.\n")]
    public Task Invoke_WrongArguments_SaysWhatIsWrong(string line, string expected) => AssertBadInputAsync(expected, line.Split(' '));

    [Theory]
    [InlineData("run", "--data", "FILE")]
    [InlineData("run", "--output", "DIR")]
    [InlineData("validate", "--data", "FILE")]
    public async Task Invoke_EmptyPath_NamesTheOption(string command, string option, string value)
    {
        var run = await SheafRun.InvokeAsync(command, "voice", option, "");

        var expected = $"{option}: its {value} is empty. Name one, or leave the option out.\n'sheaf {command} --help' lists the options.\n";
        Assert.Equal((2, "", expected), (run.ExitCode, run.Output, run.Error));
    }

    [Fact]
    public Task Invoke_MissingDataFile_NamesIt()
    {
        var missing = _folder.In("none.tsv");

        return AssertBadInputAsync(
            $"The data file '{missing}' has 1 problem:\n  It does not exist: there is no '{missing}'. Check the path, or give a full one.\n",
            "run", "slurp", "--data", missing);
    }

    [Fact]
    public Task Invoke_BadStudy_NamesAllMistakesAtOnce()
    {
        var study = _folder.Write("bad.json", """{"nmae":"x","training":{"rounds":0,"cohort":2000},"model":{"buckets":"many"}}""");

        return AssertBadInputAsync(
            $"""
            The study '{study}' has 4 mistakes:
              nmae: there is no such field. Did you mean 'name'?
              model.buckets: "many" is not a whole number of 32 bits. Write a number without quotes, for example 5000.
              training.rounds: 0 is below 1. Train for 1 to 1000000 rounds.
              training.cohort: 2000 is more than the 1000 devices of the population. Use a smaller cohort, or more population.generated.devices.

            """.ReplaceLineEndings("\n"),
            "run", study);
    }

    [Fact]
    public Task Invoke_DataOfOneLabel_SaysSo()
    {
        var data = _folder.Write("d.tsv", "session\tts\ttext\tintent\ns1\t2026-01-01\ta\tx\ns2\t2026-01-02\tb\tx\n");

        return AssertBadInputAsync(
            $"The data file '{data}' has 1 problem:\n  column 'intent': the same label in every row; a model needs at least 2 to tell apart. Name the column of the classes.\n",
            "run", "slurp", "--data", data);
    }

    [Fact]
    public Task Invoke_DataOfTooManyLabelsForTheModel_NamesTheField()
    {
        var rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"d\t2026-01-01\tt\tlabel{i}\n"));
        var data = _folder.Write("d.tsv", "device\ttime\ttext\tlabel\n" + rows);
        var study = _folder.Write("s.json", """{"population":{"source":"file"},"model":{"type":"softmax-regression","buckets":1000000},"training":{"cohort":1}}""");

        return AssertBadInputAsync(
            $"The study '{study}' has 1 mistake:\n  model.buckets: with 1000000 buckets and 300 labels or more the model has 300000300 values, above 268435456. Use fewer buckets.\n",
            "run", study, "--data", data);
    }

    [Fact]
    public Task Invoke_CohortLargerThanTheFile_NamesTheDevicesItHas()
    {
        var data = _folder.Write("d.tsv", "session\tts\ttext\tintent\ns1\t2026-01-01\ta\tx\ns2\t2026-01-02\tb\ty\n");

        return AssertBadInputAsync(
            "The study 'slurp' has 1 mistake:\n  training.cohort: 40 is more than the 2 devices of the population. "
            + "Use at most 2; or name another population.file.columns.device, or deal the rows out by population.file.partition.\n",
            "run", "slurp", "--data", data);
    }

    [Fact]
    public Task Invoke_DataWithoutRows_SaysThatThePopulationWouldBeEmpty()
    {
        var data = _folder.Write("d.tsv", "session\tts\ttext\tintent\n");

        return AssertBadInputAsync(
            $"The data file '{data}' has 1 problem:\n  It has no rows: its population would be empty. Put one example in each row.\n",
            "run", "slurp", "--data", data);
    }

    [Fact]
    public async Task Invoke_FailureOfARun_ShowsAStackTraceWithDebugOnly()
    {
        var quiet = await SheafRun.InvokeAsync("population", "show", "--output", _folder.Path);
        var debug = await SheafRun.InvokeAsync("population", "show", "--output", _folder.Path, "--debug");

        var message = $"There is no run in '{_folder.Path}': it has no study.json. Name the folder of a run with --output.\n";
        Assert.Equal((1, message), (quiet.ExitCode, quiet.Error));
        Assert.Equal(1, debug.ExitCode);
        Assert.StartsWith(message, debug.Error);
        Assert.Contains("   at Sheaf.Client.Running.RunFolder.", debug.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_DebugBeforeTheCommand_IsTheSameOption()
    {
        var run = await SheafRun.InvokeAsync("--debug", "studies");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Invoke_DebugMisspelt_IsSuggested()
    {
        var run = await SheafRun.InvokeAsync("studies", "--debgu");

        Assert.Equal((2, "There is no option '--debgu'. Did you mean '--debug'?\n'sheaf studies --help' lists the options.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Invoke_OutputFolderInUse_LeavesItAlone()
    {
        var kept = _folder.Write("mine.txt", "mine");

        var run = await SheafRun.InvokeAsync("run", "voice", "--output", _folder.Path);

        Assert.Equal(
            (1, "", $"The output folder '{_folder.Path}' is not empty. Name another with --output, or empty it.\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal([kept], Directory.GetFileSystemEntries(_folder.Path));
    }

    private async Task AssertBadInputAsync(string expected, params string[] args)
    {
        var output = _folder.In("out");
        var run = await SheafRun.InvokeAsync(args is ["run", ..] ? [.. args, "--output", output] : args);

        Assert.Equal((2, "", expected), (run.ExitCode, run.Output, run.Error));
        Assert.False(Directory.Exists(output));
    }
}
