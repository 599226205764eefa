using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>Starting, refusing, cancelling and failing.</summary>
[Collection(Clusters.Name)]
public sealed class TaskTests(SharedClusters shared)
{
    private SheafCluster Cluster => shared.One;

    [Fact]
    public async Task Start_TwiceWithTheSameSpec_IsOneTask()
    {
        var spec = TinyStudy.Task("twice", 301);
        await Cluster.StartTaskAsync("twice", spec);
        await Cluster.Coordinator("twice").StartAsync(TinyStudy.Task("twice", 301));
        await Cluster.EndAsync("twice");
        await Cluster.Coordinator("twice").StartAsync(TinyStudy.Task("twice", 301));

        var progress = await Cluster.Coordinator("twice").GetProgressAsync(0);
        Assert.Equal(TaskRunStatus.Completed, progress.Status);
        Assert.Equal([1, 2, 3], progress.Records.Select(record => record.Round));
        Assert.Equal([1, 2, 3], Cluster.Gate.BatchesOf(301).Select(batch => batch.Round));
    }

    [Fact]
    public async Task Start_WithAnotherSpec_IsRefusedByName()
    {
        await Cluster.RunAsync("taken", TinyStudy.Task("taken", 302));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Cluster.Coordinator("taken").StartAsync(TinyStudy.Task("taken", 302, rounds: 4)));
        Assert.Equal("The task 'taken' exists with another specification. Choose another name for the new one.", refused.Message);
    }

    [Fact]
    public async Task Start_OnAnUnknownPopulation_IsRefusedAndLeavesTheNameFree()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Cluster.Coordinator("too-early").StartAsync(TinyStudy.Task("nowhere", 303)));
        Assert.Equal("There is no population 'nowhere'. Register it first.", refused.Message);
        Assert.Equal(TaskRunStatus.Unknown, (await Cluster.Coordinator("too-early").GetProgressAsync(0)).Status);

        var records = await Cluster.RunAsync("too-early", TinyStudy.Task("somewhere", 303));
        Assert.Equal(TinyStudy.Rounds, records.Length);
    }

    [Fact]
    public async Task Start_WithAnUnknownModel_IsRefusedWithTheKnownOnes()
    {
        await Cluster.RegisterAsync("models");
        var spec = TinyStudy.Task("models", 304);
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Cluster.Coordinator("models").StartAsync(spec with { Model = spec.Model with { Type = "oracle" } }));
        Assert.Contains("'oracle'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("embedding-bag, softmax-regression, log-bilinear or own", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Cluster.TasksOf("models").GetTasksAsync());
    }

    [Fact]
    public async Task Register_Twice_IsOnePopulationAndAnotherSpecIsRefused()
    {
        await Cluster.RegisterAsync("registered");
        await Cluster.RegisterAsync("registered");
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Cluster.Population("registered").RegisterAsync(TinyStudy.Population() with { HeldOut = 0.5 }));
        Assert.Equal("The population 'registered' exists with another specification. Choose another name for the new one.", refused.Message);
    }

    [Fact]
    public async Task Population_Unknown_SaysSo()
    {
        const string Text = "There is no population 'unheard-of'. Register it first.";
        Assert.Null(await Cluster.Population("unheard-of").GetSpecAsync());
        Assert.Equal(Text, (await Assert.ThrowsAsync<InvalidOperationException>(() => Cluster.Population("unheard-of").SealAsync(default))).Message);
        Assert.Equal(Text, (await Assert.ThrowsAsync<InvalidOperationException>(() => Cluster.Device("unheard-of", "1").GetStatusAsync())).Message);
    }

    [Fact]
    public async Task Cancel_MidTraining_KeepsWhatIsCommittedAndForgetsTheTask()
    {
        using var gate = Cluster.Gate.Close(305, round: 2);
        await Cluster.StartTaskAsync("cancelled", TinyStudy.Task("cancelled", 305));
        await gate.ReachedAsync();
        var cancel = Cluster.Coordinator("cancelled").CancelAsync();
        gate.Open();
        await cancel;

        var progress = await Cluster.Coordinator("cancelled").GetProgressAsync(0);
        Assert.Equal((TaskRunStatus.Cancelled, 1), (progress.Status, progress.Records.Single().Round));
        Assert.Empty(await Cluster.TasksOf("cancelled").GetTasksAsync());
        await Cluster.Coordinator("cancelled").CancelAsync();
        await Cluster.Coordinator("cancelled").StartAsync(TinyStudy.Task("cancelled", 305));
        Assert.False(await Cluster.Fence("cancelled").EnsureRunningAsync());
        Assert.Equal(TaskRunStatus.Cancelled, (await Cluster.Coordinator("cancelled").GetProgressAsync(0)).Status);
        Assert.DoesNotContain(Cluster.Gate.BatchesOf(305), batch => batch.Round == 3);
    }

    [Fact]
    public async Task Cancel_BeforeTheStart_DoesNotKeepTheTaskFromRunning()
    {
        await Cluster.Coordinator("cancelled-early").CancelAsync();
        var records = await Cluster.RunAsync("cancelled-early", TinyStudy.Task("cancelled-early", 306));
        Assert.Equal(TinyStudy.Rounds, records.Length);
    }

    [Fact]
    public async Task Commit_CannotBeStoredOnce_IsMadeAgainAndNothingElseChanges()
    {
        using var hold = Cluster.Commits.Hold("unstored", round: 2);
        hold.Fail(new IOException("the disk is full"));
        var records = await Cluster.RunAsync("unstored", TinyStudy.Task("unstored", 310));

        Assert.Equal([1, 2, 3], records.Select(record => record.Round));
        Assert.Equal([1, 2, 2, 3], Cluster.Gate.BatchesOf(310).Select(batch => batch.Round));
        var loop = new BareLoop(310);
        foreach (var record in records)
        {
            Assert.Equal(loop.Round(record.Round, (await Cluster.CohortAsync("unstored", record.Round)).Devices), record.Checkpoint);
        }
    }

    [Fact]
    public async Task GetProgress_AfterARound_ReturnsOnlyLaterRecords()
    {
        await Cluster.RunAsync("paged", TinyStudy.Task("paged", 307));
        Assert.Equal([2, 3], (await Cluster.Coordinator("paged").GetProgressAsync(1)).Records.Select(record => record.Round));
        Assert.Empty((await Cluster.Coordinator("paged").GetProgressAsync(3)).Records);
    }

    [Fact]
    public async Task Trainer_ThrowsOnce_SliceRunsAgainAndNothingElseChanges()
    {
        Cluster.Gate.FailOnce(308, round: 2, () => new ArithmeticException("the lane stumbled"));
        var records = await Cluster.RunAsync("stumbling", TinyStudy.Task("stumbling", 308));
        Assert.Equal([1, 2, 1], records.Select(record => record.Attempts));

        var loop = new BareLoop(308);
        foreach (var record in records)
        {
            Assert.Equal(loop.Round(record.Round, (await Cluster.CohortAsync("stumbling", record.Round)).Devices), record.Checkpoint);
        }
    }
}
