using System.Text.Json;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Running;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Tests.Models;

/// <summary>A run's model, scored once more.</summary>
public sealed class ModelEvaluateTests(ModelOfARun model) : IClassFixture<ModelOfARun>
{
    [Fact]
    public async Task Evaluate_HeldOut_IsTheScoreOfTheLastRoundAndStaysIt()
    {
        var scores = new[] { await JsonAsync(), await JsonAsync() };

        var last = JsonDocument.Parse(File.ReadLines(Path.Combine(model.Run, "rounds.jsonl")).Last()).RootElement.GetProperty("metrics");
        Assert.All(["accuracy", "devices", "examples", "loss"], name => Assert.All(
            scores, score => Assert.Equal(last.GetProperty(name).GetRawText(), score.GetProperty(name).GetRawText())));
        Assert.All(scores, score => Assert.Equal(model.Summary.GetProperty("checkpoint").GetString(), score.GetProperty("checkpoint").GetString()));
    }

    [Fact]
    public async Task Evaluate_FileOfTheHeldOutRows_IsTheSameScore()
    {
        var score = await JsonAsync("--data", model.Write("held-out.tsv", ModelOfARun.HeldOut));

        var metrics = model.Summary.GetProperty("metrics");
        Assert.Equal(metrics.GetProperty("accuracy").GetDouble(), score.GetProperty("accuracy").GetDouble());
        Assert.Equal(metrics.GetProperty("loss").GetDouble(), score.GetProperty("loss").GetDouble(), 6);
        Assert.Equal((60, 3), (score.GetProperty("examples").GetInt32(), score.GetProperty("round").GetInt32()));
        Assert.Equal(JsonValueKind.Null, score.GetProperty("devices").ValueKind);
    }

    [Fact]
    public async Task Evaluate_SomeLabelsUnknownOrMissing_CountsThemAndSaysSo()
    {
        var rows = ModelOfARun.HeldOut.Concat([("stop", "stop"), ("stop it", "stop"), ("what", "ask"), ("nothing", "")]);
        var data = model.Write("more.tsv", rows);

        var run = await SheafRun.InvokeAsync("model", "evaluate", "--output", model.Run, "--data", data);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Matches($@"^Accuracy \d\d\.\d%, loss \d\.\d{{3}}, on 60 rows of {System.Text.RegularExpressions.Regex.Escape(data)}, after round 3\.\n", run.Output);
        Assert.EndsWith(
            "\n3 rows have a label that the model does not know, and were left out: 'ask', 'stop'.\n1 rows have no label and were left out.\n",
            run.Output,
            StringComparison.Ordinal);
        var unknown = (await JsonAsync("--data", data)).GetProperty("unknownLabels");
        Assert.Equal((1, 2), (unknown.GetProperty("ask").GetInt32(), unknown.GetProperty("stop").GetInt32()));
    }

    [Fact]
    public async Task Evaluate_NoLabelIsKnown_IsAMistakeOfTheData()
    {
        var data = model.Write("other.tsv", [("stop", "stop"), ("what", "ask")]);

        var run = await SheafRun.InvokeAsync("model", "evaluate", "--output", model.Run, "--data", data);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            $"The data file '{data}' has 1 problem:\n  column 'label': the model knows none of its 2 labels, such as 'ask'; it knows 2, such as 'alarm'. "
                + "Name a file of the same labels, with the columns that the run's study.json names.\n",
            run.Error);
    }

    [Fact]
    public async Task Evaluate_MissingFile_SaysSo()
    {
        var run = await SheafRun.InvokeAsync("model", "evaluate", "--output", model.Run, "--data", model.Folder.In("nowhere.tsv"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("It does not exist", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export", false, @"has no model yet: it was stopped before its training began\.")]
    [InlineData("evaluate", false, @"has no model yet: it was stopped before its training began\.")]
    [InlineData("evaluate", true, @"has not ended: it is at round \d+ of 100000\.")]
    public async Task Model_UnfinishedRun_SaysHowToGoOn(string verb, bool isStarted, string what)
    {
        using var folder = new TempFolder();
        await BeginAsync(folder, isStarted);

        var run = await SheafRun.InvokeAsync("model", verb, "--output", folder.Path);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        var path = System.Text.RegularExpressions.Regex.Escape(folder.Path);
        Assert.Matches($"^The run in '{path}' {what} Go on with it: sheaf run --resume --output {path}\n$", run.Error);
    }

    // As far as a run gets that is stopped early.
    private static async Task BeginAsync(TempFolder folder, bool isStarted)
    {
        var study = StudyCatalog.Find(folder.Write("small.json", SheafRun.SmallStudy.Replace("\"rounds\": 3", "\"rounds\": 100000", StringComparison.Ordinal)));
        folder.Write("study.json", StudyWriter.Write(study));
        await using var cluster = await EmbeddedCluster.StartAsync(folder.Path);
        var name = StudySpecs.NameOf(study);
        var population = cluster.Grains.GetGrain<IPopulation>(name);
        await population.RegisterAsync(StudySpecs.PopulationOf(study));
        var labels = await population.GetLabelsAsync();
        await new PopulationDelivery(population, study, null) { Classes = labels.Length }.DeliverUpToAsync(0, _ => { }, CancellationToken.None);
        if (isStarted)
        {
            await cluster.Grains.GetGrain<IRoundCoordinator>(name).StartAsync(StudySpecs.TaskOf(study, StudySpecs.NameOf(study), labels));
            while (await cluster.Grains.GetGrain<IRoundCoordinator>(name).GetModelAsync() is null)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<JsonElement> JsonAsync(params string[] more)
    {
        var run = await SheafRun.InvokeAsync(["model", "evaluate", "--output", model.Run, "--json", .. more]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.Clone();
    }
}
