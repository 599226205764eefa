using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class OortDrawTests
{
    private static readonly Gen<(int Activity, OortReport? Last)[]> Devices =
        Gen.Select(Gen.Int[0, 12], Gen.Bool, Gen.Double[0, 9], Gen.Int[1, 20], Gen.Int[0, 9])
            .Select(each => (each.Item1, each.Item2 ? new OortReport(each.Item3, each.Item4, TimeSpan.FromSeconds(each.Item5)) : (OortReport?)null))
            .Array[0, 150];

    private static readonly Gen<OortSpec> Specs =
        from cohort in Gen.Int[1, 40]
        from floor in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.9])
        from cap in Gen.OneOf(Gen.Const(1.0), Gen.Double[0.05, 1])
        from window in Gen.Double[1, 6]
        from start in Gen.Double[0, 1]
        select new OortSpec { Cohort = cohort, Floor = floor, InclusionMax = cap, ExplorationWindow = window, ExplorationStart = start, ExamplesPerRoundMax = 9 };

    [Fact]
    public void Cohort_AnyPopulationInAnyNumberOfShards_IsThatOfTheSelectorOverAllDevices() =>
        Gen.Select(Devices, Specs, Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[1, 60], Gen.ULong).Sample((devices, spec, shardBits, skew, round, seed) =>
        {
            // With a skew most devices are in the first shard, which then has to be asked for more than its share.
            var candidates = devices
                .Select((device, i) => new OortCandidate(DevicePosition.OfIndex((ulong)i) >> skew, device.Activity, device.Last)).ToArray();
            var pacer = OortPacer.Start(spec);

            var expected = new OortSelector(spec).Select(candidates, pacer, round, seed);

            var drawn = Draw(candidates, spec, pacer, 1 << shardBits, round, seed, out _);
            Assert.Equal(expected.All.Select(index => candidates[index].Position), drawn);
        }, iter: 3_000);

    [Fact]
    public void Queries_ManyUnexplored_FetchLittleMoreThanTheWindow()
    {
        var candidates = Enumerable.Range(0, 200_000).Select(i => new OortCandidate(DevicePosition.OfIndex((ulong)i), 1 + (i % 50), null)).ToArray();
        var spec = new OortSpec { Cohort = 100, ExamplesPerRoundMax = 20 };

        var drawn = Draw(candidates, spec, OortPacer.Start(spec), 64, 1, 7, out var travelled);

        // The window has 5·100 devices, for ⌊100·0.145⌋ places that nobody can exploit go to exploring; 64 shards are asked for 8 + 4·3 + 4 each.
        Assert.Equal(100, drawn.Length);
        Assert.InRange(travelled, 500, 64 * 24);
    }

    [Fact]
    public void Answer_MoreThanAskedOrTwice_IsRefused()
    {
        var draw = new OortDraw(new OortSpec { Cohort = 1 }, OortPacer.Start(new OortSpec()), 5, 1, 1);
        draw.Count([], [5]);
        var query = Assert.Single(draw.Queries);

        Assert.Throws<InvalidOperationException>(() => draw.Cohort);
        Assert.Throws<ArgumentException>("entries", () => draw.Answer(query, new OortEntry[query.Count + 1]));
        draw.Answer(query, [new OortEntry(1, 0, 1)]);
        Assert.Throws<ArgumentException>("entries", () => draw.Answer(query, []));
        Assert.Single(draw.Cohort);
    }

    private static ulong[] Draw(OortCandidate[] candidates, OortSpec spec, OortPacer pacer, int shardCount, int round, ulong seed, out int travelled)
    {
        var shards = candidates.GroupBy(candidate => DevicePosition.ShardOf(candidate.Position, shardCount)).ToDictionary(group => group.Key, group => group.ToArray());
        var members = Enumerable.Range(0, shardCount).Select(shard => shards.GetValueOrDefault(shard, [])).ToArray();
        var draw = new OortDraw(spec, pacer, candidates.Count(each => each.Activity > 0), round, seed);
        var sides = Array.ConvertAll(members, devices => new OortShard(
            [.. devices.Select((device, index) => new OortEntry(device.Position, index, device.Activity)).Where(entry => entry.Activity > 0)],
            Enumerable.Range(0, devices.Length).Where(index => devices[index].Last is not null),
            spec, draw.Cap, round, seed));
        var known = members.SelectMany((devices, shard) => devices.Select((device, index) => (device, shard, index)))
            .Where(each => each.device.Last is not null)
            .Select(each => new OortKnown(
                each.device.Position, each.shard, each.index, each.device.Last!.Value, sides[each.shard].EligibleExplored.Contains(each.index)));

        draw.Count(known, [.. sides.Select(side => side.Unexplored)]);
        travelled = 0;
        while (draw.Queries.Count > 0)
        {
            foreach (var query in draw.Queries)
            {
                var entries = sides[query.Shard].First(query.IsFloor, query.Count);
                travelled += entries.Length;
                draw.Answer(query, entries);
            }
        }

        return [.. draw.Cohort.Select(member => member.Position)];
    }
}
