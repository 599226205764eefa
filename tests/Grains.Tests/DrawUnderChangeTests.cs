using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>Devices that change while a cohort is drawn from them.</summary>
[Collection(Clusters.Name)]
public sealed class DrawUnderChangeTests(SharedClusters shared)
{
    private static readonly DrawColumn Column = new(DrawBasis.Current, "power", 1, 0);

    [Fact]
    public async Task Draw_WhileDevicesAreErased_NeverHasADeviceTwice()
    {
        const int Cohort = 20;
        await shared.One.RegisterAsync("draw-change", TinyStudy.Population() with { Shards = 1 });
        var shard = Shard("draw-change");
        var draw = new CohortDraw(shared.One.Grains, "draw-change", 1, DrawBasis.Current);
        var spec = new SelectionSpec { Cohort = Cohort };
        var noted = 0;
        for (var round = 1; round <= 30; round++)
        {
            var drawing = draw.DrawAsync(spec, 1, round, SelectionPurposes.Training);
            // The draw's questions and these notes interleave on the shard.
            await shard.NoteAsync(Counts($"{noted++}", activity: 0), hasReceipt: false);
            var cohort = await drawing;

            Assert.Equal(Cohort, cohort.Length);
            Assert.Equal(Cohort, cohort.Select(device => device.DeviceId).Distinct().Count());
        }
    }

    [Fact]
    public async Task Locate_AfterADeviceChanged_AsksForANewDraw()
    {
        await shared.One.RegisterAsync("draw-stale", TinyStudy.Population() with { Shards = 1 });
        var shard = Shard("draw-stale");
        var search = new CapSearch(new SelectionSpec { Cohort = 60 }, await shard.GetTotalsAsync(Column));
        var before = await shard.GetMassAsync(Column, search.Plan);
        var order = new DrawOrder(1, SelectionPurposes.Training.Order, 1);
        Assert.Single(await shard.LocateAsync(before.Contents, Column, search.Plan, order, [0]));

        await shard.NoteAsync(Counts("3", activity: 0), hasReceipt: false);

        var stale = await Assert.ThrowsAsync<InvalidOperationException>(() => shard.LocateAsync(before.Contents, Column, search.Plan, order, [0]));
        Assert.Equal("Devices of shard 0 of population 'draw-stale' changed during the draw. Draw again.", stale.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => shard.IdentifyAsync(before.Contents, [0]));
    }

    [Fact]
    public async Task Note_OlderThanWhatIsKnown_ChangesNothing()
    {
        var name = "draw-older";
        await shared.One.Population(name).RegisterAsync(TinyStudy.Pushed() with { Shards = 1 });
        await shared.One.Population(name).IntakeAsync([new Arrival("ann", 0, DateTimeOffset.UnixEpoch, "good morning", "greet", false)]);
        await shared.One.Device(name, "ann").EraseAsync(EraseSpec.All);

        await Shard(name).NoteAsync(Counts("ann", activity: 5), hasReceipt: false);

        Assert.Equal(new PopulationTotals(0, 0, 0, 0), await shared.One.Population(name).SealAsync(DateTimeOffset.UnixEpoch));
    }

    private static DeviceCounts Counts(string device, int activity) => new(device, activity, 0, Version: 1, 0, activity, activity, [])
    {
        Deviation = GeneratedDeviation.None with { Period = 0 },
    };

    private IActivityShard Shard(string population) => shared.One.Grains.GetGrain<IActivityShard>(ShardKey.Of(population, 0));
}
