using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>A silo keeps as many devices awake as it may, and what they answer is the same.</summary>
[Collection(Clusters.Name)]
public sealed class AwakeDevicesTests(SharedClusters shared)
{
    private const int AwakeMax = 20;

    [Fact]
    public async Task Rounds_OfMoreDevicesThanMayBeAwake_GiveTheSameAndLeaveAsManyAwake()
    {
        await using var cluster = await SheafCluster.StartAsync(1, awakeMax: AwakeMax);

        var records = await cluster.RunAsync("tired", TinyStudy.Task("tired", SharedClusters.ReferenceSeed));

        Assert.Equal(TinyStudy.Comparable(shared.Reference), TinyStudy.Comparable(records));
        // All were called to be evaluated; those that are told to fall asleep do so in turns of their own.
        await SheafCluster.UntilAsync("the others are asleep", async () => (await cluster.ActivationsAsync<DeviceGrain>()).Count <= AwakeMax);
        Assert.Equal(AwakeMax, (await cluster.ActivationsAsync<DeviceGrain>()).Count);
    }

    [Fact]
    public async Task Device_CalledAgainAndAgain_StaysAwakeWhileOthersComeAndGo()
    {
        await using var cluster = await SheafCluster.StartAsync(1, awakeMax: AwakeMax);
        await cluster.RegisterAsync("favourite");
        for (var device = 1; device < TinyStudy.Devices; device++)
        {
            await cluster.Device("favourite", "0").GetStatusAsync();
            await cluster.Device("favourite", $"{device}").GetStatusAsync();
        }

        await SheafCluster.UntilAsync("the others are asleep", async () => (await cluster.ActivationsAsync<DeviceGrain>()).Count <= AwakeMax);
        var awake = (await cluster.ActivationsAsync<DeviceGrain>()).Select(device => device.Key).ToArray();
        Assert.Contains(DeviceKey.Of("favourite", "0"), awake);
        Assert.Contains(DeviceKey.Of("favourite", $"{TinyStudy.Devices - 1}"), awake);
        Assert.DoesNotContain(DeviceKey.Of("favourite", "1"), awake);
    }
}
