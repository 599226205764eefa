using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>Which policy holds for a device: its population's, or its own.</summary>
[Collection(Clusters.Name)]
public sealed class DevicePolicyTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task SetRetention_OfADevice_HoldsForItAloneUntilThePopulationHasALaterVersion()
    {
        const string name = "own-policy";
        var population = await PushAsync(name, new RetentionSpec(6, null));
        var own = new RetentionSpec(2, null, Version: 0);

        await shared.Three.Device(name, "ann").SetRetentionAsync(own);

        Assert.Equal((2, 6), (await HeldAsync(name, "ann"), await HeldAsync(name, "bob")));
        var status = await shared.Three.Device(name, "ann").GetStatusAsync();
        Assert.Equal((own, true), (status.Retention, status.HasOwnRetention));
        Assert.Equal(8, (await population.GetTotalsAsync()).Examples);
        Assert.True(IsStored($"{name}/ann", "what ann said 0006"));
        Assert.False(IsStored($"{name}/ann", "what ann said 0005"));

        // The population's new version holds for both; what ann has deleted does not come back.
        var later = new RetentionSpec(4, null, Version: 1);
        await population.SetRetentionAsync(later);

        Assert.Equal((2, 4), (await HeldAsync(name, "ann"), await HeldAsync(name, "bob")));
        status = await shared.Three.Device(name, "ann").GetStatusAsync();
        Assert.Equal((later, false), (status.Retention, status.HasOwnRetention));
        Assert.Equal((6L, 0L), ((await population.GetTotalsAsync()).Examples, (await population.GetTotalsAsync()).Overdue));
    }

    [Fact]
    public async Task SetRetention_Loosened_BringsNothingBack()
    {
        const string name = "loosened";
        var population = await PushAsync(name, new RetentionSpec(3, null));
        await shared.Three.Device(name, "bob").SetRetentionAsync(new RetentionSpec(1, null));

        await population.SetRetentionAsync(new RetentionSpec(null, null, Version: 1));
        await shared.Three.Device(name, "bob").SetRetentionAsync(new RetentionSpec(100, null, Version: 1));
        await population.IntakeAsync(Rows("ann", 0, 8));

        Assert.Equal((3, 1), (await HeldAsync(name, "ann"), await HeldAsync(name, "bob")));
        Assert.Equal(4, (await population.SealAsync(Start.AddHours(8), 1)).Examples);
    }

    [Fact]
    public async Task SetRetention_RemovedFromADevice_GoesBackToThePopulations()
    {
        const string name = "inherited";
        var population = await PushAsync(name, new RetentionSpec(3, null));
        var device = shared.Three.Device(name, "ann");
        await device.SetRetentionAsync(new RetentionSpec(null, null));
        await population.IntakeAsync(Rows("ann", 100, 4));
        await population.SealAsync(Start.AddHours(104), 1);
        Assert.Equal(7, await HeldAsync(name, "ann"));

        await device.SetRetentionAsync(null);

        Assert.Equal(3, await HeldAsync(name, "ann"));
        Assert.False((await device.GetStatusAsync()).HasOwnRetention);
        Assert.Equal(6, (await population.GetTotalsAsync()).Examples);
    }

    [Fact]
    public async Task SetRetention_ThatContradictsItself_IsRefusedNamingAllMistakesAndChangesNothing()
    {
        const string name = "refused-policy";
        var population = await PushAsync(name, new RetentionSpec(null, null, Version: 3));
        var wrong = new RetentionSpec(0, TimeSpan.Zero, "newest", -1, 0, Version: 2);
        const string mistakes = "ExamplesMax is 0: choose at least 1, or leave it out to keep any number. "
            + "AgeMax is 00:00:00: choose a time above zero, or leave it out to keep examples for ever. "
            + "BytesMax is -1: choose at least 1, or leave it out to keep any size. "
            + "PeriodsMax is 0: choose at least 1, the period under way, or leave it out to keep all. "
            + "There is no overflow 'newest': choose oldest-first or reservoir. ";

        var ofPopulation = await Assert.ThrowsAsync<ArgumentException>(() => population.SetRetentionAsync(wrong));
        var ofDevice = await Assert.ThrowsAsync<ArgumentException>(() => shared.Three.Device(name, "ann").SetRetentionAsync(wrong));

        Assert.Equal(
            $"The population '{name}' cannot be kept by this policy. {mistakes}Version is 2: the policy that holds is at 3 or has that version, choose at least 4.",
            ofPopulation.Message);
        Assert.Equal(
            $"The device 'ann' cannot be kept by this policy. {mistakes}Version is 2: the policy that holds is at 2 or has that version, choose at least 3.",
            ofDevice.Message);
        Assert.Equal((8, 8), (await HeldAsync(name, "ann"), await HeldAsync(name, "bob")));
        Assert.Equal(3, (await population.GetSpecAsync())!.Retention.Version);
    }

    [Fact]
    public async Task SetRetention_OfADeviceWithAVersionThatIsBehind_IsRefused()
    {
        const string name = "behind-policy";
        await PushAsync(name, new RetentionSpec(null, null));
        var device = shared.Three.Device(name, "ann");
        await device.SetRetentionAsync(new RetentionSpec(5, null, Version: 2));

        await Assert.ThrowsAsync<ArgumentException>(() => device.SetRetentionAsync(new RetentionSpec(6, null, Version: 1)));
        await Assert.ThrowsAsync<ArgumentException>(() => device.SetRetentionAsync(new RetentionSpec(6, null, Version: 2)));
        await device.SetRetentionAsync(new RetentionSpec(5, null, Version: 2));
        await device.SetRetentionAsync(new RetentionSpec(6, null, Version: 3));

        Assert.Equal(5, await HeldAsync(name, "ann"));
    }

    [Fact]
    public async Task GetStatus_AgeLimit_SaysWhenTheNextExampleExpires()
    {
        await PushAsync("next-pushed", new RetentionSpec(null, TimeSpan.FromDays(30)));
        Assert.Equal(Start.AddDays(30), (await shared.Three.Device("next-pushed", "ann").GetStatusAsync()).NextExpiry);

        await shared.One.RegisterAsync("next-generated", TinyStudy.Population(new RetentionSpec(null, TimeSpan.FromDays(30))));
        var oldest = TinyStudy.Generator.ExamplesOf(3, 0).Where(example => !example.IsHeldOut).Min(example => example.Time);
        Assert.Equal(oldest.AddDays(30), (await shared.One.Device("next-generated", "3").GetStatusAsync()).NextExpiry);
    }

    [Fact]
    public async Task SetRetention_OfAGeneratedPopulation_WakesNoDeviceAndShardsKnow()
    {
        const string name = "generated-policy";
        await shared.One.RegisterAsync(name);
        await shared.One.Device(name, "7").SetRetentionAsync(new RetentionSpec(1, null, Version: 5));
        await shared.One.SleepAsync(shared.One.Device(name, "7"));

        await shared.One.Population(name).SetRetentionAsync(new RetentionSpec(4, null, Version: 1));

        var expected = Enumerable.Range(0, TinyStudy.Devices).Sum(device => Math.Min(device == 7 ? 1 : 4, TinyStudy.Generator.SplitOf(device, 0).ToTrainOn));
        Assert.Equal(expected, (await shared.One.Population(name).GetTotalsAsync()).Examples);
        Assert.DoesNotContain(await shared.One.ActivationsAsync<DeviceGrain>(), device => device.Key.StartsWith($"{name}/", StringComparison.Ordinal));
        await shared.One.Population(name).SetRetentionAsync(new RetentionSpec(null, null, Version: 2));
        Assert.Equal(expected, (await shared.One.Population(name).GetTotalsAsync()).Examples);
        Assert.Equal(Math.Min(4, TinyStudy.Generator.SplitOf(3, 0).ToTrainOn), await HeldAsync(name, "3", shared.One));
    }

    private static ImmutableArray<Arrival> Rows(string device, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(row => new Arrival(device, row, Start.AddHours(row % 50), $"what {device} said {row:D4}", "play", false))];

    private bool IsStored(string device, string text) => DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(shared.Three.DatabaseFile, device)), text);

    private async Task<IPopulation> PushAsync(string name, RetentionSpec retention)
    {
        var population = shared.Three.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed() with { Retention = retention });
        await population.IntakeAsync([.. Rows("ann", 0, 8), .. Rows("bob", 50, 8)]);
        await population.SealAsync(Start.AddHours(8));
        return population;
    }

    private async Task<int> HeldAsync(string name, string device, SheafCluster? cluster = null) =>
        (await (cluster ?? shared.Three).Device(name, device).GetStatusAsync()).Activity;
}
