using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class ActivityGroupsTests
{
    [Fact]
    public void GroupOf_TenDevicesOfDifferentActivity_IsTheirRank()
    {
        var groups = ActivityGroups.Of(ActivityHistogram.Of([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]));

        Assert.Equal(10, groups.Count);
        Assert.All(Enumerable.Range(0, 10), rank =>
        {
            Assert.Equal(rank, groups.GroupOf(10 * (rank + 1), 0));
            Assert.Equal(rank, groups.GroupOf(10 * (rank + 1), ulong.MaxValue));
        });
    }

    [Fact]
    public void GroupOf_AllDevicesAlike_IsDecidedByTheirPosition()
    {
        var groups = ActivityGroups.Of(ActivityHistogram.Of(new int[100].Select(_ => 1).ToArray()));

        Assert.Equal(0, groups.GroupOf(1, 0));
        Assert.Equal(4, groups.GroupOf(1, ulong.MaxValue / 20 * 9));
        Assert.Equal(9, groups.GroupOf(1, ulong.MaxValue));
    }

    [Fact]
    public void Of_AnyPopulation_CutsItIntoEqualParts() =>
        Gen.Select(Gen.Int[1, 2000].Array[200, 3000], Gen.Int[1, 12], Gen.ULong).Sample((activities, count, first) =>
        {
            var groups = ActivityGroups.Of(ActivityHistogram.Of(activities), count);
            var sizes = new int[count];
            for (var device = 0; device < activities.Length; device++)
            {
                sizes[groups.GroupOf(activities[device], DevicePosition.OfIndex(unchecked(first + (ulong)device)))]++;
            }

            // Five standard deviations of a binomial count, and the device that a bound falls on.
            var share = (double)activities.Length / count;
            Assert.All(sizes, size => Assert.InRange(size, share - (5 * Math.Sqrt(share)) - 1, share + (5 * Math.Sqrt(share)) + 1));
        }, iter: 200);

    [Fact]
    public void Of_NobodyActive_PutsAnybodyIntoTheFirstGroup() =>
        Assert.Equal(0, ActivityGroups.Of(ActivityHistogram.Of([])).GroupOf(5, 7));
}
