using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Tests.Activity;

/// <summary>What draws go by, of devices whose rows are pushed.</summary>
public sealed class DeviceCountsTests
{
    private static readonly PopulationView KeepsOnePeriod = new(
        new PopulationSpec(1, 0, new RetentionSpec(null, null, PeriodsMax: 1), null, null));

    [Theory]
    [InlineData(1.0, 3)]
    [InlineData(0.5, 2)]
    public void By_RowsOfAPeriodThatIsNotOpen_DoNotCountYet(double decay, int expected)
    {
        // One example of period 0, two of period 1, five of period 2, which has not come.
        var counts = Counts(8, period: 2, fresh: 5, new(0, 1), new(1, 2), new(2, 5));

        Assert.Equal(expected, counts.By(DrawBasis.Current, period: 1, decay));
        Assert.Equal(0, counts.By(DrawBasis.Fresh, period: 1));
        Assert.Equal(8, counts.By(DrawBasis.Current, period: 2));
        Assert.Equal(5, counts.By(DrawBasis.Fresh, period: 2));
    }

    [Fact]
    public void By_StaleAfterAnExpiry_IsWhatItWasInThePeriodBefore()
    {
        var state = new DeviceState();
        var data = DeviceData.Of(state, "ann", KeepsOnePeriod);
        Assert.True(data.TakeIn([Row(0), Row(1), Row(2)], period: 0));
        var known = data.CountsAt(Moment(0)).After(null);

        Assert.True(data.Expire(Moment(1)));
        state.Version++;
        var counts = data.CountsAt(Moment(1)).After(known);

        Assert.Equal((0, 3), (counts.By(DrawBasis.Current, 1), counts.By(DrawBasis.Stale, 1)));
        Assert.Equal(1, counts.By(DrawBasis.Stale, 2));
    }

    [Fact]
    public void CountsHeld_MoreThanThePolicyAllows_CountsAllOfItAndSaysSo()
    {
        var data = DeviceData.Of(new DeviceState(), "ann", KeepsOnePeriod);
        data.TakeIn([Row(0)], period: 0);
        data.TakeIn([Row(1), Row(2)], period: 1);

        var held = data.CountsHeld(1);
        var kept = data.CountsAt(Moment(1));

        Assert.Equal((3, true, 1), (held.Activity, held.IsOverfull, held.By(DrawBasis.Current, 0)));
        Assert.Equal((2, false), (kept.Activity, kept.IsOverfull));
    }

    private static PopulationMoment Moment(int period) => new(period, DateTimeOffset.UnixEpoch.AddDays(period + 1), IsSettled: false);

    private static Arrival Row(long row) => new("ann", row, DateTimeOffset.UnixEpoch.AddHours(row), $"text {row}", "label", null, row);

    private static DeviceCounts Counts(int activity, int period, int fresh, params PeriodCount[] byPeriod) =>
        new("ann", activity, 0, 1, period, fresh, activity, [.. byPeriod]);
}
