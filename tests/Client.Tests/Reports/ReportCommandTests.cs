using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Reports;

public sealed class ReportCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Report_RunsOfTwoSeedsAndAnotherArm_ComparesThem()
    {
        var study = _folder.Write("s.json", SheafRun.SmallStudy);
        await RunAsync("a", "run", study, "--seed", "1");
        await RunAsync("b", "run", study, "--seed", "2");
        await RunAsync("c", "run", study, "--seed", "1", "--set", "name=slow", "--set", "training.local.learningRate=0.1");

        var report = await SheafRun.InvokeAsync("report", _folder.In("runs"), "--target", "0.01", "--json");

        Assert.Equal((0, ""), (report.ExitCode, report.Error));
        var arms = JsonNode.Parse(report.Output)!["arms"]!.AsArray();
        Assert.Equal(["small", "slow"], arms.Select(arm => (string)arm!["arm"]!));
        Assert.Equal([2, 1], arms.Select(arm => arm!["seeds"]!.AsArray().Count));
        var last = new[] { "a", "b" }.Average(run => SheafRun.Read(_folder.In($"runs/{run}"), "summary.json").GetProperty("metrics").GetProperty("accuracy").GetDouble());
        Assert.Equal(last, (double)arms[0]!["lastAccuracy"]!["mean"]!, 12);
        Assert.Equal(_folder.In("runs/report.html"), (string)JsonNode.Parse(report.Output)!["report"]!);
        var page = File.ReadAllText(_folder.In("runs/report.html"));
        Assert.Contains("<td>training.local.learningRate</td><td>1</td><td>0.1</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        // Three curves, three of the activity groups, and two of the differences: by examples, the arms have but one point in common.
        Assert.Equal(8, page.Split("<svg").Length - 1);
        Assert.Contains("href=\"figures/accuracy-by-round.csv\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ItsEnd_LeavesAReportOfItself()
    {
        await RunAsync("a", "run", _folder.Write("s.json", SheafRun.SmallStudy));

        Assert.Contains("<h1>small</h1>", File.ReadAllText(_folder.In("runs/a/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_InATerminal_ShowsATableThatFitsAndWhereThePageIs()
    {
        await RunAsync("a", "run", _folder.Write("s.json", SheafRun.SmallStudy));

        var report = await SheafRun.InvokeAsync("report", _folder.In("runs/a"), "--target", "0.5", "--output", _folder.In("out"));

        var lines = report.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("arm seeds accuracy loss to 50 % examples".Split(' '), lines.Select(Words).First(words => words.Length > 0));
        Assert.All(lines[..^1], line => Assert.InRange(line.Length, 0, 80));
        Assert.Equal($"Report: {_folder.In("out/report.html")}", lines[^1]);
    }

    [Fact]
    public void Write_Report_HasNumbersAndAPictureBesideEveryPlot()
    {
        ReportFolder.Write(Report.Of([Runs.Of(1, 100, 0.25, 0.5), Runs.Of(2, 100, 0.25, 0.5)], 0.5), _folder.In("out"));

        Assert.Equal(
            "arm,round,mean,deviation,runs\nstudy,1,0.25,0,2\nstudy,2,0.5,0,2\n",
            File.ReadAllText(_folder.In("out/figures/accuracy-by-round.csv")).ReplaceLineEndings("\n"));
        Assert.Equal("svg", XDocument.Load(_folder.In("out/figures/accuracy-by-round.svg")).Root!.Name.LocalName);
        foreach (var figure in new[] { "accuracy-by-round", "accuracy-by-examples", "loss-by-round" })
        {
            Assert.True(File.Exists(_folder.In($"out/figures/{figure}.csv")) && File.Exists(_folder.In($"out/figures/{figure}.svg")), figure);
        }
    }

    [Fact]
    public void Write_NextWords_AreComparedByPerplexity()
    {
        var report = Report.Of([Words("a", 1), Words("a", 2), Words("b", 1), Words("b", 2)], null);

        ReportFolder.Write(report, _folder.In("out"));

        // Losses are 2 · (1 − accuracy): e for a half. The first period, which an untrained model met, is not drawn.
        Assert.Equal("arm,round,mean,deviation,runs\na,1,2.718281828,0,2\nb,1,2.718281828,0,2\n", Csv("perplexity-by-round"));
        Assert.Equal("arm,period,mean,deviation,runs\na,2,8,0,2\na,3,4,0,2\nb,2,8,0,2\nb,3,4,0,2\n", Csv("prequential-by-period"));
        Assert.Equal("arm,tenth,mean,deviation,runs\na,1,16,0,2\na,2,32,0,2\nb,1,16,0,2\nb,2,32,0,2\n", Csv("perplexity-by-group"));
        Assert.Equal("arm,tenth,mean,deviation,runs\na,1,64,0,2\na,2,64,0,2\nb,1,64,0,2\nb,2,64,0,2\n", Csv("prequential-by-group"));
        Assert.Equal("arm,tenth,mean,deviation,wins,runs\nb,1,0,0,0,2\nb,2,0,0,0,2\n", Csv("difference-by-group"));
        Assert.Equal("arm,tenth,mean,deviation,wins,runs\nb,1,0,0,0,2\nb,2,0,0,0,2\n", Csv("new-difference-by-group"));
        foreach (var figure in new[] { "perplexity-by-round", "prequential-by-period", "perplexity-by-group", "prequential-by-group", "difference-by-group" })
        {
            Assert.Equal("svg", XDocument.Load(_folder.In($"out/figures/{figure}.svg")).Root!.Name.LocalName);
        }

        Assert.False(File.Exists(_folder.In("out/figures/accuracy-by-round.csv")));
        Assert.Equal(["arm", "seeds", "perplexity", "on new", "lightest", "heaviest"], ReportTable.Headers(report, narrow: true));
        // On new examples, half log 8 and half log 4: √32.
        Assert.Equal(["a", "2", "2.7 ± 0.0", "5.7 ± 0.0", "16.0 ± 0.0", "32.0 ± 0.0"], ReportTable.Rows(report, narrow: true).First());

        string Csv(string figure) => string.Concat(File.ReadLines(_folder.In($"out/figures/{figure}.csv")).Select(line => string.Join(',', line.Split(',').Select(Rounded)) + "\n"));

        static string Rounded(string cell) => double.TryParse(cell, CultureInfo.InvariantCulture, out var number)
            ? Math.Round(number, 9).ToString(CultureInfo.InvariantCulture)
            : cell;
    }

    // A model as good as guessing among 8 and 4 words in the later periods, and among 16 and 32 in the two groups at the end.
    private static RunResult Words(string arm, ulong seed)
    {
        var run = Runs.Of(new Study { Arm = arm, Seed = seed, Task = new TaskSection { Type = TaskType.NextWord } }, 100, 0.5);
        return run with
        {
            Periods = [.. new[] { 1000, 8, 4 }.Select((words, at) => new PeriodRecord(at, at + 1, new EvaluationRecord(1, 1, 0, Math.Log(words), [], [], Represented: 1), null, true))],
            Summary = run.Summary! with
            {
                Groups = [.. new[] { 16, 32 }.Select(words => new GroupSummary(1, 0, 0, Metrics(words), Metrics(64)))],
            },
        };
    }

    private static RunMetrics Metrics(double perplexity) => new(0, Math.Log(perplexity)) { BitsPerWord = Math.Log2(perplexity), Perplexity = perplexity };

    [Fact]
    public void Write_NamesWithMarkup_AreShownAsTheyAre()
    {
        var study = new Study { Name = "a", Description = "<img src=x> & more" };

        var page = ReportPage.Write(Report.Of([Runs.Of(study, 1, 0.5)], null));

        Assert.Contains("&lt;img src=x&gt; &amp; more", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_FolderWithoutARun_SaysSo()
    {
        var report = await SheafRun.InvokeAsync("report", _folder.In("nothing"));

        var message = $"There is no run in '{_folder.In("nothing")}', nor below it: no rounds.jsonl. Name the folder of a run, or one with runs in it.\n";
        Assert.Equal((1, "", message), (report.ExitCode, report.Output, report.Error));
    }

    [Fact]
    public async Task Report_DamagedRounds_NamesTheLine()
    {
        await RunAsync("a", "run", _folder.Write("s.json", SheafRun.SmallStudy));
        File.AppendAllText(_folder.In("runs/a/rounds.jsonl"), "{\"round\":");

        var report = await SheafRun.InvokeAsync("report", _folder.In("runs/a"));

        Assert.Equal(1, report.ExitCode);
        Assert.StartsWith($"Line 4 of '{_folder.In("runs/a/rounds.jsonl")}' is not a round: ", report.Error);
        Assert.EndsWith($"'sheaf run --resume --output {_folder.In("runs/a")}' writes the file anew.\n", report.Error);
    }

    [Fact]
    public async Task Report_RunWithoutAnEvaluation_SaysWhatToDo()
    {
        await RunAsync("a", "run", _folder.Write("s.json", SheafRun.SmallStudy));
        var rounds = _folder.In("runs/a/rounds.jsonl");
        File.WriteAllLines(rounds, [File.ReadLines(rounds).First()]);

        var report = await SheafRun.InvokeAsync("report", _folder.In("runs/a"));

        Assert.Equal(1, report.ExitCode);
        Assert.StartsWith($"The run in '{_folder.In("runs/a")}' has no evaluated round, so there is nothing to show.", report.Error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1.5")]
    public async Task Report_TargetThatIsNoAccuracy_IsRefused(string target)
    {
        var report = await SheafRun.InvokeAsync("report", "runs", "--target", target);

        Assert.Equal((2, "--target: write an accuracy above 0 and at most 1, for example 0.8.\n'sheaf report --help' lists the options.\n"), (report.ExitCode, report.Error));
    }

    private static string[] Words(string line) => line.Replace("50 %", "50_%", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries) is { } words
        ? [.. words.SelectMany(word => word.Split('_'))]
        : [];

    private async Task RunAsync(string name, params string[] args)
    {
        var run = await SheafRun.InvokeAsync([.. args, "--output", _folder.In($"runs/{name}"), "--json"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
