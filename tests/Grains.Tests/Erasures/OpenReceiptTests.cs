using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Erasures;

/// <summary>Which receipts a shard still has to complete.</summary>
[Collection(Clusters.Name)]
public sealed class OpenReceiptTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Purge_DeviceErasesAgainAfterItHasAnswered_LeavesItsReceiptToTheNext()
    {
        const string name = "open-receipts";
        var (cluster, population) = (shared.One, shared.One.Population(name));
        await population.RegisterAsync(TinyStudy.Pushed() with { Shards = 1 });
        await population.IntakeAsync([.. Enumerable.Range(0, 4).Select(row => new Arrival(row < 3 ? "ann" : "bob", row, Start.AddHours(row), "said", "play", false))]);
        await population.SealAsync(Start.AddDays(1));
        await cluster.Device(name, "ann").EraseAsync(new EraseSpec(Ids: [0]));
        await cluster.Device(name, "bob").EraseAsync(EraseSpec.All);
        var bob = cluster.Calls.Hold(nameof(IDeviceErasure.CompleteReceiptsAsync), DeviceKey.Of(name, "bob"));

        var purge = population.PurgeAsync();
        await cluster.Calls.BegunAsync(nameof(IDeviceErasure.CompleteReceiptsAsync), DeviceKey.Of(name, "ann"));
        await cluster.Device(name, "ann").EraseAsync(EraseSpec.All);
        bob.SetResult();

        Assert.Equal(2, (await purge).Receipts);
        Assert.Equal(1, (await population.PurgeAsync()).Receipts);
        Assert.All((await cluster.Device(name, "ann").GetStatusAsync()).Receipts, receipt => Assert.NotNull(receipt.PhysicallyErasedAt));
    }
}
