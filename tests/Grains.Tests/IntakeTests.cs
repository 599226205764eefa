using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Populations;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>Rows on their way into devices, what devices keep of them, and what shards know of it.</summary>
[Collection(Clusters.Name)]
public sealed class IntakeTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private SheafCluster Cluster => shared.Three;

    [Fact]
    public async Task Intake_SameBatchTwice_ChangesNothing()
    {
        var population = await RegisterAsync("rows", TinyStudy.Pushed());
        var batch = Rows("ann", 0, 1, 2).AddRange(Rows("bob", 3, 4));
        await population.IntakeAsync(batch);
        var first = await population.SealAsync(Start);
        await population.IntakeAsync(batch);
        var second = await population.SealAsync(Start);

        Assert.Equal(new PopulationTotals(2, 2, 5, 0), first);
        Assert.Equal(first, second);
        var ann = await Cluster.Device("rows", "ann").GetStatusAsync();
        Assert.Equal((3, 0, Start, Start.AddDays(2)), (ann.Activity, ann.HeldOut, ann.Oldest, ann.Newest));
    }

    [Fact]
    public async Task Intake_RowsUpToTheHighestOneTaken_AreIgnored()
    {
        var population = await RegisterAsync("watermark", TinyStudy.Pushed());
        await population.IntakeAsync(Rows("ann", 5));
        await population.IntakeAsync(Rows("ann", 4, 5, 6));
        Assert.Equal(2, (await population.SealAsync(Start)).Examples);
        Assert.Equal(Start.AddDays(5), (await Cluster.Device("watermark", "ann").GetStatusAsync()).Oldest);
    }

    [Fact]
    public async Task Intake_RowsThatDoNotSay_AreHeldOutByTheirText()
    {
        var population = await RegisterAsync("held-out", TinyStudy.Pushed(heldOut: 0.3));
        var rows = Rows("ann", [.. Enumerable.Range(0, 50)]);
        await population.IntakeAsync(rows.AddRange(rows.Select(row => row with { DeviceId = "bob", Row = row.Row + 50 })));
        await population.IntakeAsync([.. Rows("cat", 100, 101).Select(row => row with { HeldOut = true }), .. Rows("cat", 102).Select(row => row with { HeldOut = false })]);
        await population.SealAsync(Start);

        var expected = rows.Count(row => new HeldOutSplit(0, 0.3).IsHeldOut(row.Text));
        Assert.InRange(expected, 1, 49);
        foreach (var id in new[] { "ann", "bob" })
        {
            var status = await Cluster.Device("held-out", id).GetStatusAsync();
            Assert.Equal((50 - expected, expected), (status.Activity, status.HeldOut));
        }

        var cat = await Cluster.Device("held-out", "cat").GetStatusAsync();
        Assert.Equal((1, 2), (cat.Activity, cat.HeldOut));
    }

    [Fact]
    public async Task Intake_MoreThanTheDeviceMayKeep_KeepsTheNewestAndItsRowShrinks()
    {
        var population = await RegisterAsync("by-count", TinyStudy.Pushed(examplesMax: 3));
        await population.IntakeAsync(Rows("ann", 0, 1, 2, 3, 4));
        Assert.Equal(new PopulationTotals(1, 1, 3, 0), await population.SealAsync(Start));
        var status = await Cluster.Device("by-count", "ann").GetStatusAsync();
        Assert.Equal((3, Start.AddDays(2), Start.AddDays(4)), (status.Activity, status.Oldest, status.Newest));

        var stored = DatabaseRows.PayloadsOf(Cluster.DatabaseFile, "by-count/ann");
        Assert.Single(stored);
        Assert.False(DatabaseRows.Contains(stored[0], TextOf(1)));
        Assert.True(DatabaseRows.Contains(stored[0], TextOf(2)));
    }

    [Fact]
    public async Task Seal_TimeMovesOn_ExpiresWhatIsTooOldAlsoOnDevicesWithoutNewRows()
    {
        var population = await RegisterAsync("by-age", TinyStudy.Pushed(ageMax: TimeSpan.FromDays(10)));
        await population.IntakeAsync(Rows("ann", 0, 5).AddRange(Rows("bob", 9)));
        Assert.Equal(new PopulationTotals(2, 2, 3, 0), await population.SealAsync(Start.AddDays(9)));

        // Exactly ten days after its time an example is gone.
        Assert.Equal(new PopulationTotals(2, 2, 2, 0), await population.SealAsync(Start.AddDays(10)));
        Assert.Equal(Start.AddDays(5), (await Cluster.Device("by-age", "ann").GetStatusAsync()).Oldest);
        Assert.Equal(new PopulationTotals(1, 1, 1, 0), await population.SealAsync(Start.AddDays(16)));
        Assert.Equal(0, (await Cluster.Device("by-age", "ann").GetStatusAsync()).Activity);
        Assert.False(DatabaseRows.Contains(Assert.Single(DatabaseRows.PayloadsOf(Cluster.DatabaseFile, "by-age/ann")), TextOf(5)));
        // Time does not run backwards.
        Assert.Equal(new PopulationTotals(1, 1, 1, 0), await population.SealAsync(Start));
        Assert.Equal(Start.AddDays(16), (await population.GetMomentAsync()).Time);
    }

    [Fact]
    public async Task Seal_GeneratedPopulation_CountsWhatDevicesWillHoldWithoutWakingOne()
    {
        var totals = await Cluster.RegisterAsync("asleep", TinyStudy.Population(new RetentionSpec(10, null)));

        Assert.Empty(await AwakeAsync("asleep"));
        var (examples, heldOut) = (0, 0);
        for (var device = 0; device < TinyStudy.Devices; device++)
        {
            // No policy touches what is held out.
            var made = TinyStudy.Generator.ExamplesOf(device, 0);
            examples += Math.Min(10, made.Count(example => !example.IsHeldOut));
            heldOut += made.Count(example => example.IsHeldOut);
        }

        Assert.Equal((examples, heldOut), (totals.Examples, totals.HeldOut));
    }

    [Fact]
    public async Task Draw_GeneratedPopulation_WakesNoDevice()
    {
        await Cluster.RegisterAsync("drawn");
        var draw = new CohortDraw(Cluster.Grains, "drawn", TinyStudy.Shards, DrawBasis.Current);
        var cohort = await draw.DrawAsync(TinyStudy.Selection, 501, 1, SelectionPurposes.Training);

        Assert.Equal(TinyStudy.Cohort, cohort.Select(device => device.DeviceId).Distinct().Count());
        Assert.Empty(await AwakeAsync("drawn"));
    }

    [Fact]
    public async Task Draw_PushedDevicesAsleep_WakesNone()
    {
        var population = await RegisterAsync("pushed-asleep", TinyStudy.Pushed());
        var ids = Enumerable.Range(0, 20).Select(id => $"device {id}").ToArray();
        await population.IntakeAsync([.. ids.SelectMany((id, at) => Rows(id, at))]);
        await population.SealAsync(Start);
        foreach (var id in ids)
        {
            await Cluster.SleepAsync(Cluster.Device("pushed-asleep", id));
        }

        Assert.Empty(await AwakeAsync("pushed-asleep"));
        var draw = new CohortDraw(Cluster.Grains, "pushed-asleep", 4, DrawBasis.Current);
        var cohort = await draw.DrawAsync(new SelectionSpec { Weights = new UniformWeights(), Cohort = 20 }, 502, 1, SelectionPurposes.Training);

        Assert.Equal(ids.Order(StringComparer.Ordinal), cohort.Select(device => device.DeviceId));
        Assert.Empty(await AwakeAsync("pushed-asleep"));
        // Awake again, a device has what was stored.
        Assert.Equal(1, (await Cluster.Device("pushed-asleep", ids[7]).GetStatusAsync()).Activity);
        Assert.Equal([$"pushed-asleep/{ids[7]}"], await AwakeAsync("pushed-asleep"));
    }

    private static string TextOf(long row) => $"what was said in row {row:D4}";

    private static ImmutableArray<Arrival> Rows(string device, params int[] rows) =>
        [.. rows.Select(row => new Arrival(device, row, Start.AddDays(row), TextOf(row), "greet", null))];

    private async Task<IPopulation> RegisterAsync(string name, PopulationSpec spec)
    {
        await Cluster.Population(name).RegisterAsync(spec);
        return Cluster.Population(name);
    }

    private async Task<IEnumerable<string>> AwakeAsync(string population) =>
        (await Cluster.ActivationsAsync<DeviceGrain>()).Select(device => device.Key).Where(key => key.StartsWith($"{population}/", StringComparison.Ordinal));
}
