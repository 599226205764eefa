using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>Expired data goes when its time has come, whoever is selected.</summary>
[Collection(Clusters.Name)]
public sealed class ExpiryTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Advance_WakesTheDevicesThatAreDueAndNobodyElse()
    {
        const string name = "becomes-due";
        var population = await PushAsync(name, ageMax: TimeSpan.FromDays(10));
        foreach (var id in new[] { "old", "new", "none" })
        {
            await shared.Three.SleepAsync(shared.Three.Device(name, id));
        }

        var totals = await population.AdvanceAsync(Start.AddDays(11));

        Assert.Equal(new PopulationTotals(3, 3, 3, 0), totals);
        Assert.Equal([$"{name}/old"], shared.Three.Calls.KeysOf(nameof(IDeviceIntake.ExpireAsync), $"{name}/"));
        Assert.Equal([$"{name}/old"], (await shared.Three.ActivationsAsync<DeviceGrain>()).Select(device => device.Key).Where(key => key.StartsWith($"{name}/", StringComparison.Ordinal)));
        Assert.False(IsStored($"{name}/old", "old said 0"));
        Assert.True(IsStored($"{name}/old", "old said 1"));
        // Time does not run backwards, and what is done is not done again.
        Assert.Equal(totals, await population.AdvanceAsync(Start));
        Assert.Equal(Start.AddDays(11), (await population.GetMomentAsync()).Time);
    }

    [Fact]
    public async Task Advance_ADeviceThatCannotBeReached_KeepsNoOtherAndIsCountedUntilItIs()
    {
        const string name = "overdue";
        var population = await PushAsync(name, ageMax: TimeSpan.FromDays(10));
        shared.Three.Faults.FailOnce(nameof(IDeviceIntake.ExpireAsync), $"{name}/old");

        await Assert.ThrowsAnyAsync<Exception>(() => population.AdvanceAsync(Start.AddDays(100)));

        Assert.False(IsStored($"{name}/new", "new said"));
        Assert.Equal(1, (await population.GetTotalsAsync()).Overdue);
        Assert.Equal(0, (await population.AdvanceAsync(Start.AddDays(100))).Overdue);
        Assert.False(IsStored($"{name}/old", "old said"));
    }

    [Fact]
    public async Task SetRetention_ADeviceThatCannotBeTold_IsCountedUntilItIs()
    {
        const string name = "untold";
        var population = await PushAsync(name, ageMax: null);
        shared.Three.Faults.FailOnce(nameof(IDeviceIntake.ExpireAsync), $"{name}/old");
        var policy = new RetentionSpec(1, null, Version: 1);

        await Assert.ThrowsAnyAsync<Exception>(() => population.SetRetentionAsync(policy));

        Assert.Equal(1, (await population.GetTotalsAsync()).Overdue);
        Assert.Equal(1, (await shared.Three.Device(name, "old").GetStatusAsync()).Activity);
        await population.SetRetentionAsync(policy);
        Assert.Equal(new PopulationTotals(3, 3, 3, 0), await population.GetTotalsAsync());
        Assert.False(IsStored($"{name}/old", "old said 0"));
    }

    [Fact]
    public async Task Advance_GeneratedPopulation_IsRefused()
    {
        await shared.One.RegisterAsync("generated-time");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => shared.One.Population("generated-time").AdvanceAsync(Start));

        Assert.Equal("The time of the population 'generated-time' is that of its generated periods. Open the next one instead.", refused.Message);
    }

    private bool IsStored(string device, string text) => DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(shared.Three.DatabaseFile, device)), text);

    /// <summary>"old" has an example of the first day and one of the fifth, "new" and "none" one of the fifth.</summary>
    private async Task<IPopulation> PushAsync(string name, TimeSpan? ageMax)
    {
        var population = shared.Three.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed(ageMax: ageMax));
        await population.IntakeAsync([Row("old", 0, 0), Row("old", 1, 5), Row("new", 2, 5), Row("none", 3, 5)]);
        await population.SealAsync(Start.AddDays(5));
        return population;
    }

    private static Arrival Row(string device, int row, int day) => new(device, row, Start.AddDays(day), $"{device} said {row}", "play", false);
}
