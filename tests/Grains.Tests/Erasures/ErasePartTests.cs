using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Erasures;

/// <summary>Erasing a part of a pushed device: by times, by label, by ids.</summary>
[Collection(Clusters.Name)]
public sealed class ErasePartTests(SharedClusters shared)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Ten rows, an hour apart, even ones "play" and odd ones "alarm".
    public static TheoryData<string, EraseSpec, int[]> Scopes => new()
    {
        { "times", new EraseSpec(From: Start.AddHours(2), Until: Start.AddHours(5)), [2, 3, 4] },
        { "from", new EraseSpec(From: Start.AddHours(7)), [7, 8, 9] },
        { "until", new EraseSpec(Until: Start.AddHours(1)), [0] },
        { "label", new EraseSpec(Label: "alarm"), [1, 3, 5, 7, 9] },
        { "ids", new EraseSpec(Ids: [8, 0, 8]), [0, 8] },
        { "all", EraseSpec.All, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    };

    [Theory]
    [MemberData(nameof(Scopes))]
    public async Task Erase_PartOfADevice_TakesThatAndNothingElseForGood(string name, EraseSpec scope, int[] erased)
    {
        name = $"part-{name}";
        var (cluster, population) = (shared.Three, shared.Three.Population(name));
        await population.RegisterAsync(TinyStudy.Pushed());
        var rows = Rows(0, 10);
        await population.IntakeAsync(rows);
        Assert.Equal(10, (await population.SealAsync(Start.AddHours(9))).Examples);

        var receipt = await cluster.Device(name, "ann").EraseAsync(scope);

        var left = Enumerable.Range(0, 10).Except(erased).ToArray();
        Assert.Equal((scope, false, erased.Length, null), (receipt.Scope, receipt.IsWithdrawal, receipt.Examples, receipt.PhysicallyErasedAt));
        await AssertHeldAsync(name, left);
        // Sent again, and after the device and its shard have slept, too.
        await population.IntakeAsync(rows);
        await AssertHeldAsync(name, left);
        await cluster.SleepAsync(cluster.Device(name, "ann"));
        foreach (var shard in Enumerable.Range(0, 4))
        {
            await cluster.SleepAsync(cluster.Grains.GetGrain<IActivityShard>(ShardKey.Of(name, shard)));
        }

        await population.IntakeAsync(rows);
        await AssertHeldAsync(name, left);
        // What comes later is another example, and welcome.
        await population.IntakeAsync(Rows(10, 2));
        await population.SealAsync(Start.AddHours(11), 1);
        await AssertHeldAsync(name, [.. left, 10, 11]);
    }

    [Fact]
    public async Task Erase_ByLabelWhileRowsAreOnTheirWay_RefusesThemAndNoOthers()
    {
        const string name = "part-on-the-way";
        var population = shared.One.Population(name);
        await population.RegisterAsync(TinyStudy.Pushed());
        await population.IntakeAsync([.. Rows(0, 2), new Arrival("bob", 7, Start, "of bob", "play", false)]);
        // The population has seen rows up to 7, another activation of it too.
        await shared.One.SleepAsync(population);

        await shared.One.Device(name, "ann").EraseAsync(new EraseSpec(Label: "alarm"));
        await population.IntakeAsync(Rows(4, 6));
        await population.SealAsync(Start.AddHours(9));

        // Rows 5 and 7 were on their way; row 9 came after the erase.
        var status = await shared.One.Device(name, "ann").GetStatusAsync();
        Assert.Equal((5, Start.AddHours(9)), (status.Activity, status.Newest));
    }

    [Fact]
    public async Task Erase_ScopeThatContradictsItself_IsRefusedWithAllMistakesAndErasesNothing()
    {
        const string name = "part-refused";
        await shared.One.Population(name).RegisterAsync(TinyStudy.Pushed());
        await shared.One.Population(name).IntakeAsync(Rows(0, 3));

        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            shared.One.Device(name, "ann").EraseAsync(new EraseSpec(From: Start.AddDays(1), Until: Start, Label: "play")));

        Assert.Equal(
            "This cannot be erased. It names a time range and a label: erase by one of them, one after the other. "
            + "The time range [2026-01-02 00:00:00Z, 2026-01-01 00:00:00Z) is empty: choose an end after its start.",
            refused.Message);
        Assert.Empty((await shared.One.Device(name, "ann").GetStatusAsync()).Receipts);
    }

    private static ImmutableArray<Arrival> Rows(int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(row => new Arrival("ann", row, Start.AddHours(row), $"what ann said {row:D4}", row % 2 == 0 ? "play" : "alarm", false)),
    ];

    private async Task AssertHeldAsync(string name, int[] rows)
    {
        var status = await shared.Three.Device(name, "ann").GetStatusAsync();
        Assert.Equal(
            (rows.Length, rows.Length > 0 ? Start.AddHours(rows[0]) : null, rows.Length > 0 ? Start.AddHours(rows[^1]) : (DateTimeOffset?)null),
            (status.Activity, status.Oldest, status.Newest));
        Assert.Equal(rows.Length, (await shared.Three.Population(name).GetTotalsAsync()).Examples);
        var row = Assert.Single(DatabaseRows.PayloadsOf(shared.Three.DatabaseFile, $"{name}/ann"));
        Assert.Equal(rows, Enumerable.Range(0, 12).Where(number => DatabaseRows.Contains(row, $"what ann said {number:D4}")));
    }
}
