using CsCheck;
using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

public sealed class SlicePlannerTests
{
    [Fact]
    public void Plan_TwoSilos_GroupsTheirDevicesInTheOrderOfTheCohort()
    {
        var slices = SlicePlanner.Plan(["b", "a", "b", "b", "a"]);

        Assert.Equal(["a", "b"], slices.Select(slice => slice.Silo));
        Assert.Equal<int>([1, 4], slices[0].Devices);
        Assert.Equal<int>([0, 2, 3], slices[1].Devices);
    }

    [Theory]
    [InlineData(1, new[] { 1 })]
    [InlineData(256, new[] { 256 })]
    [InlineData(257, new[] { 128, 129 })]
    [InlineData(513, new[] { 171, 171, 171 })]
    public void Plan_OneSilo_CutsEvenlyIntoAsFewAsPossible(int devices, int[] expected) =>
        Assert.Equal(expected, SlicePlanner.Plan([.. Enumerable.Repeat("a", devices)]).Select(slice => slice.Devices.Length));

    [Fact]
    public void Plan_Groups_AreCutWhereverTheyLive()
    {
        var slices = SlicePlanner.Plan([2, 0, 2, 1, 0], ["b", "a", "b", "a", "a"]);

        Assert.Equal([(0, "a"), (1, "a"), (2, "b")], slices.Select(slice => (slice.Group, slice.Slice.Silo)));
        Assert.Equal([1, 4, 3, 0, 2], slices.SelectMany(slice => slice.Slice.Devices));
    }

    [Fact]
    public void Plan_GroupsOnOtherSilos_AreTheSameSlices() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 2000], Gen.UInt, Gen.Int[1, 5]).Sample((groups, devices, salt, silos) =>
        {
            int[] cohort = [.. Enumerable.Range(0, devices).Select(device => (int)(((device * 2654435761L) + salt) / 7 % groups))];

            var one = SlicePlanner.Plan(cohort, [.. cohort.Select(_ => "only")]);
            var several = SlicePlanner.Plan(cohort, [.. cohort.Select(group => $"silo{(group + salt) % silos}")]);

            Assert.Equal(one.Select(slice => slice.Group), several.Select(slice => slice.Group));
            Assert.Equal(one.Select(slice => slice.Slice.Devices.ToArray()), several.Select(slice => slice.Slice.Devices.ToArray()));
            Assert.Equal(Enumerable.Range(0, devices), one.SelectMany(slice => slice.Slice.Devices).Order());
            Assert.All(one, slice =>
            {
                Assert.InRange(slice.Slice.Devices.Length, 1, SlicePlanner.DevicesMax);
                Assert.All(slice.Slice.Devices, device => Assert.Equal(slice.Group, cohort[device]));
            });
        }, iter: 100);

    [Fact]
    public void Plan_NoDevice_GivesNoSlice() => Assert.Empty(SlicePlanner.Plan([]));

    [Fact]
    public void Plan_AnyCohort_PutsEveryDeviceIntoOneSliceOfItsSilo() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 2000], Gen.UInt).Sample((silos, devices, salt) =>
        {
            string[] cohort = [.. Enumerable.Range(0, devices).Select(device => $"silo{((device * 2654435761L) + salt) / 7 % silos}")];

            var slices = SlicePlanner.Plan(cohort);

            Assert.Equal(Enumerable.Range(0, devices), slices.SelectMany(slice => slice.Devices).Order());
            Assert.All(slices, slice =>
            {
                Assert.InRange(slice.Devices.Length, 1, SlicePlanner.DevicesMax);
                Assert.Equal(slice.Devices.Order(), slice.Devices);
                Assert.All(slice.Devices, device => Assert.Equal(slice.Silo, cohort[device]));
            });
            Assert.Equal(slices.OrderBy(slice => slice.Silo, StringComparer.Ordinal).ThenBy(slice => slice.Devices[0]), slices);
            Assert.All(slices.GroupBy(slice => slice.Silo), group =>
            {
                var lengths = group.Select(slice => slice.Devices.Length).ToArray();
                Assert.Equal(Math.Ceiling(lengths.Sum() / 256.0), lengths.Length);
                Assert.InRange(lengths.Max() - lengths.Min(), 0, 1);
            });
        }, iter: 200);
}
