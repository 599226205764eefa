using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>What a population has said is so is stored, also when it could not be stored at first.</summary>
[Collection(Clusters.Name)]
public sealed class PopulationWriteTests(SharedClusters shared)
{
    [Theory]
    [InlineData("attach")]
    [InlineData("detach")]
    [InlineData("train-once")]
    public async Task Change_WriteFailsAndItIsCalledAgain_OutlivesTheActivation(string change)
    {
        var (name, cluster) = ($"written-{change}", shared.One);
        await cluster.Population(name).RegisterAsync(TinyStudy.Pushed());
        var tasks = cluster.TasksOf(name);
        if (change == "detach")
        {
            await tasks.AttachAsync("task");
        }

        cluster.Faults.FailOnce("population", name);
        await Assert.ThrowsAnyAsync<Exception>(() => ChangeAsync(tasks, change));
        await ChangeAsync(tasks, change);
        await cluster.SleepAsync(tasks);

        Assert.Equal(change == "attach" ? ["task"] : [], (await tasks.GetTasksAsync()).AsEnumerable());
        Assert.Equal(change == "train-once", (await cluster.Population(name).GetMomentAsync()).SeesCommits);
    }

    private static Task ChangeAsync(IPopulationTasks tasks, string change) => change switch
    {
        "attach" => tasks.AttachAsync("task"),
        "detach" => tasks.DetachAsync("task"),
        _ => tasks.NoteTrainOnceAsync(),
    };
}
