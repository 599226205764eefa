using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Torch;

namespace Sheaf.Grains.Tests;

public sealed class SliceSessionsTests : IDisposable
{
    private static readonly SliceKey Key = new("task", 1, 1, SliceKind.Train, 0, 1);

    private readonly TrainingLanes _lanes = new(new TorchTrainerFactory(), new TrainingLaneOptions { Lanes = 1 });
    private readonly SliceSessions _sessions;

    public SliceSessionsTests() => _sessions = new SliceSessions(new AcceleratorLanes(new AcceleratorTrainers([]), _lanes), new SumPool());

    public void Dispose() => _lanes.Dispose();

    [Fact]
    public async Task Evict_DeviceInTheSession_AbortsItAndNoOther()
    {
        var with = await OpenAsync(Key);
        var other = await OpenAsync(Key with { Task = "other" }, population: "towns");
        await _sessions.EvictAsync("people", "b");

        Assert.True(with.Aborted.IsCancellationRequested);
        Assert.Null(_sessions.Find(Key));
        Assert.False(other.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Evict_SessionRunsWithoutTheDeviceAlready_LeavesItAlone()
    {
        var without = await OpenAsync(Key with { Attempt = 2 }, erased: 1);
        await _sessions.EvictAsync("people", "b");

        Assert.False(without.Aborted.IsCancellationRequested);
        await _sessions.EvictAsync("people", "c");
        Assert.True(without.Aborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Open_LaterEpochOfTheTask_AbortsTheEarlierOnes()
    {
        var old = await OpenAsync(Key);
        var successor = await OpenAsync(Key with { Epoch = 2 });

        Assert.True(old.Aborted.IsCancellationRequested);
        Assert.False(successor.Aborted.IsCancellationRequested);
        Assert.Equal(ContributionAnswer.SessionOver, old.HandOver(0, [new StoredExample(default, "hello", TinyStudy.Labels[0], false, 0, 0)], made: () => 1));
        Assert.Equal(ContributionAnswer.HandedOver, successor.HandOver(0, [new StoredExample(default, "hello", TinyStudy.Labels[0], false, 0, 0)], made: () => 1));
    }

    private Task<SliceSession> OpenAsync(SliceKey key, string population = "people", params int[] erased)
    {
        var spec = TinyStudy.Task(population, 1);
        return _sessions.OpenAsync(
            new SliceOrder(key, spec, ["a", "b", "c"], [.. erased], new("", 0), default, TimeSpan.FromMinutes(1), []), new TaskProgram(spec));
    }
}
