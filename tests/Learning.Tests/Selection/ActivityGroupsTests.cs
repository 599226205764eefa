using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class ActivityGroupsTests
{
    private static readonly Gen<int[]> Activities =
        Gen.OneOf(Gen.Const(1), Gen.Int[1, 3], Gen.Int[1, 2000], Gen.Int[1, 100_000]).Array[1, 2000];

    [Fact]
    public void Of_TiesAndDifferentActivities_PartsByHand()
    {
        // Five devices of activity 1, three of 2, two of 9: quarters are 2.5 devices.
        var groups = ActivityGroups.Of(ActivityHistogram.Of([1, 2, 1, 9, 1, 2, 1, 0, 9, 1, 2]), groups: 4);

        Assert.Equal([new(1, 0.5), new(2, 0), new(2, 2.5 / 3)], groups.Boundaries.AsEnumerable());
        Assert.Equal(0, groups.GroupOf(0, position: 77));
        Assert.Equal(3, groups.GroupOf(9, position: 77));
        Assert.Equal(3, groups.GroupOf(int.MaxValue, position: 77));
    }

    [Fact]
    public void GroupOf_AnyPopulation_MakesGroupsOfEqualSizeInExpectation() =>
        Gen.Select(Activities, Gen.Int[1, 12], Gen.ULong).Sample((activities, count, seed) =>
        {
            var histogram = ActivityHistogram.Of(activities);
            var groups = ActivityGroups.Of(histogram, count);
            var positions = Positions(activities.Length, seed);

            var sizes = new int[count];
            for (var i = 0; i < activities.Length; i++)
            {
                sizes[groups.GroupOf(activities[i], positions[i])]++;
            }

            // A group has the noise of at most two parted steps: deviations of half the root of their sizes.
            var noise = 6 * Math.Sqrt(histogram.Counts.Max() / 2.0);
            Assert.All(sizes, size => Assert.InRange(size, ((double)activities.Length / count) - noise - 1, ((double)activities.Length / count) + noise + 1));
        }, iter: 300);

    [Fact]
    public void GroupOf_AllDifferent_IsExactToADevice()
    {
        var activities = Enumerable.Range(1, 1000).ToArray();
        var groups = ActivityGroups.Of(ActivityHistogram.Of(activities));

        Assert.All(activities, activity => Assert.Equal((activity - 1) / 100, groups.GroupOf(activity, (ulong)activity)));
    }

    [Fact]
    public void GroupOf_MoreActive_IsNeverInALowerGroup() =>
        Gen.Select(Activities, Gen.Int[1, 12], Gen.Int[0, 3000], Gen.Int[0, 3000], Gen.ULong).Sample((activities, count, first, second, position) =>
        {
            var groups = ActivityGroups.Of(ActivityHistogram.Of(activities), count);

            Assert.True(groups.GroupOf(Math.Min(first, second), position) <= groups.GroupOf(Math.Max(first, second), position));
        });

    [Fact]
    public void GroupOf_TiesOfOneShard_AreInAllGroups()
    {
        // The devices of one of 256 shards share their leading bits.
        var groups = ActivityGroups.Of(ActivityHistogram.Of(new int[256_000].Select(_ => 7).ToArray()));
        var ofShard = Enumerable.Range(0, 256_000).Select(i => DevicePosition.OfIndex((ulong)i)).Where(position => DevicePosition.ShardOf(position, 256) == 3);

        var sizes = ofShard.GroupBy(position => groups.GroupOf(7, position)).Select(group => group.Count()).ToArray();

        Assert.Equal(10, sizes.Length);
        Assert.All(sizes, size => Assert.InRange(size, 100 - 48, 100 + 48));
    }

    [Fact]
    public void Of_NobodyActive_HasAllInTheFirst() => Assert.Equal(0, ActivityGroups.Of(ActivityHistogram.Of([0, 0])).GroupOf(0, 5));

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Of_TooFewOrManyGroups_SaysTheRange(int groups) => Assert.StartsWith(
        "Choose 1 to 1,000 groups.",
        Assert.Throws<ArgumentOutOfRangeException>(() => ActivityGroups.Of(ActivityHistogram.Of([1]), groups)).Message,
        StringComparison.Ordinal);

    private static ulong[] Positions(int count, ulong seed) =>
        [.. Enumerable.Range(0, count).Select(i => Prf.Value(seed, Purpose.Activity, (ulong)i))];
}
