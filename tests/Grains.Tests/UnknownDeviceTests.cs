using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests;

/// <summary>Ids that nobody has: refused or passed over, never stored.</summary>
[Collection(Clusters.Name)]
public sealed class UnknownDeviceTests(SharedClusters shared)
{
    [Theory]
    [InlineData("60")]
    [InlineData("007")]
    [InlineData("-1")]
    [InlineData("abc")]
    public async Task EraseAll_NoDeviceOfAGeneratedPopulation_IsRefusedAndRoundsGoOn(string id)
    {
        var name = $"unknown-{id.Trim('-')}";
        await shared.One.RegisterAsync(name);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => shared.One.Device(name, id).EraseAsync(EraseSpec.All));

        Assert.Equal($"The population '{name}' has no device '{id}'. Its devices are 0 to {TinyStudy.Devices - 1}.", refused.Message);
        await shared.One.Coordinator(name).StartAsync(TinyStudy.Task(name, 410, rounds: 1));
        Assert.Equal(TaskRunStatus.Completed, (await shared.One.EndAsync(name)).Status);
    }

    [Fact]
    public async Task EraseAll_DeviceThatAPushedPopulationNeverHeardOf_AddsNone()
    {
        var population = shared.One.Population("unheard");
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([new Arrival("ann", 0, DateTimeOffset.UnixEpoch, "good morning", "greet", false)]);

        var receipt = await shared.One.Device("unheard", "nobody").EraseAsync(EraseSpec.All);

        Assert.Equal(0, receipt.Examples);
        Assert.Equal(new PopulationTotals(1, 1, 1, 0), await population.SealAsync(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Intake_RowsThatWereOnTheirWayWhenTheDeviceWasErased_StayOut()
    {
        var population = shared.One.Population("on-their-way");
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([new Arrival("ann", 0, DateTimeOffset.UnixEpoch, "good morning", "greet", false)]);
        await population.IntakeAsync([new Arrival("bob", 7, DateTimeOffset.UnixEpoch, "good evening", "greet", false)]);
        await shared.One.Device("on-their-way", "ann").EraseAsync(EraseSpec.All);

        await population.IntakeAsync([new Arrival("ann", 6, DateTimeOffset.UnixEpoch, "said before the erase", "greet", false)]);
        await population.IntakeAsync([new Arrival("ann", 8, DateTimeOffset.UnixEpoch, "said after the erase", "greet", false)]);

        Assert.Equal(new PopulationTotals(2, 2, 2, 0), await population.SealAsync(DateTimeOffset.UnixEpoch));
    }
}
