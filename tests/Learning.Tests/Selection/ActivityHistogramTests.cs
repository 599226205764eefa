using CsCheck;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class ActivityHistogramTests
{
    private static readonly Gen<int[]> Activities = Gen.OneOf(Gen.Int[0, 50], Gen.Int[0, 5000], Gen.Int[0, int.MaxValue]).Array[0, 200];

    [Fact]
    public void Of_SmallActivities_IsExact()
    {
        var histogram = ActivityHistogram.Of([3, 0, 2047, 3, 2046]);

        Assert.Equal<int>([3, 2046, 2047], histogram.Steps);
        Assert.Equal<long>([2, 1, 1], histogram.Counts);
        Assert.Equal(2047, histogram.Max);
    }

    [Fact]
    public void Of_LargeActivities_KeepsElevenLeadingBitsAndTheExactMaximum()
    {
        // 4099 = 2¹² + 3 has 13 bits, so 2 go; int.MaxValue keeps 11 of its 31 ones.
        var histogram = ActivityHistogram.Of([2048, 2049, 4096, 4099, 4100, int.MaxValue]);

        Assert.Equal<int>([2048, 4096, 4100, 2047 << 20], histogram.Steps);
        Assert.Equal<long>([2, 2, 1, 1], histogram.Counts);
        Assert.Equal(int.MaxValue, histogram.Max);
    }

    [Fact]
    public void Merge_AnyParts_IsTheHistogramOfTheWhole() =>
        Gen.Select(Activities, Gen.Int[0, 200], Gen.Int[0, 200]).Sample((activities, first, second) =>
        {
            var (low, high) = (Math.Min(Math.Min(first, second), activities.Length), Math.Min(Math.Max(first, second), activities.Length));
            var parts = new[] { activities[..low], activities[low..high], activities[high..] };

            var merged = ActivityHistogram.Merge(parts.Select(part => ActivityHistogram.Of(part)));

            var whole = ActivityHistogram.Of(activities);
            Assert.Equal<int>(whole.Steps, merged.Steps);
            Assert.Equal<long>(whole.Counts, merged.Counts);
            Assert.Equal(whole.Max, merged.Max);
        });

    [Fact]
    public void LeastOfTop_ActivitiesBelow2048_IsTheQuantileOfASortedList() =>
        Gen.Select(Gen.Int[1, 2047].Array[1, 100], Gen.Double[0.001, 1]).Sample((activities, share) =>
        {
            var wanted = Math.Max(1, (int)Math.Ceiling(share * activities.Length));

            Assert.Equal(activities.OrderDescending().ElementAt(wanted - 1), ActivityHistogram.Of(activities).LeastOfTop(share));
        });

    [Fact]
    public void Constructor_ArraysOfDifferentLengths_SaysBoth()
    {
        var error = Assert.Throws<ArgumentException>(() => new ActivityHistogram([1, 2], [1], 2));

        Assert.StartsWith("2 steps need as many counts; there are 1.", error.Message, StringComparison.Ordinal);
    }
}
