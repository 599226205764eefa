using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Rounds;

/// <summary>In which rounds a device cannot be.</summary>
[Collection(Clusters.Name)]
public sealed class TrainedPositionsTests(SharedClusters shared)
{
    [Fact]
    public void MayHave_RoundThatIsUnknown_IsTrue()
    {
        var positions = new TrainedPositions(positionsMax: 3);
        positions.Remember(1, ["a", "b"], positions.Version);
        // There is no room for it.
        positions.Remember(2, ["a", "b"], positions.Version);

        Assert.Equal((true, true, false), (positions.MayHave(1, "a"), positions.MayHave(1, "b"), positions.MayHave(1, "c")));
        Assert.True(positions.MayHave(2, "c"));
        Assert.True(positions.MayHave(3, "c"));
    }

    [Fact]
    public void Remember_WhatWasReadBeforeARoundWasForgotten_IsNotDone()
    {
        var positions = new TrainedPositions();
        var version = positions.Version;
        positions.Forget(1);

        positions.Remember(1, ["a"], version);

        Assert.True(positions.MayHave(1, "c"));
    }

    [Fact]
    public void Forget_Round_MakesRoomForIt()
    {
        var positions = new TrainedPositions(positionsMax: 1);
        positions.Remember(1, ["a"], positions.Version);
        positions.Forget(1);
        positions.Remember(1, ["b"], positions.Version);

        Assert.Equal((false, true), (positions.MayHave(1, "a"), positions.MayHave(1, "b")));
    }

    [Fact]
    public async Task RoundsOf_ADevice_FollowRowsThatAreWrittenAnew()
    {
        var log = new RoundLog(shared.One.Storage, shared.One.Coordinator("rows").GetGrainId());
        await WriteAsync(1, "a", "b");
        await WriteAsync(2, "b");
        Assert.Equal([1], (await log.ReadRoundsOfAsync("a", 2)).AsEnumerable());
        Assert.Equal([1, 2], (await log.ReadRoundsOfAsync("b", 2)).AsEnumerable());

        await WriteAsync(2, "a");

        Assert.Equal([1, 2], (await log.ReadRoundsOfAsync("a", 2)).AsEnumerable());
        Assert.Equal([1], (await log.ReadRoundsOfAsync("b", 2)).AsEnumerable());
        Assert.Empty(await log.ReadRoundsOfAsync("c", 2));

        Task WriteAsync(int round, params string[] trained) => log.WriteAsync(
            1,
            new RoundRecord(
                round, null, trained.Length, new DeviceOutcomes(trained.Length, 0, 0, 0, 0, 0, 0), 1, 1, null, 1, "aa", true, 1, ImmutableSortedDictionary<RoundPhase, double>.Empty),
            new CohortLedger(trained, [0xff], [], null, new PopulationMoment(0, default, IsSettled: true)));
    }
}
