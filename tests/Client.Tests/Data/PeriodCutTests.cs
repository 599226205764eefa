using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

public sealed class PeriodCutTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ByTime_Span_IsCutIntoEqualParts() =>
        Assert.Equal([Start, Start.AddHours(2), Start.AddHours(4)], PeriodCut.ByTime(Start, Start.AddHours(6), 3));

    [Fact]
    public void ByRows_TimesInAnyOrder_AreCutIntoEquallyMany()
    {
        long[] ticks = [.. new[] { 5, 1, 9, 3, 7, 100 }.Select(hours => Start.AddHours(hours).UtcTicks)];

        Assert.Equal([Start.AddHours(1), Start.AddHours(5), Start.AddHours(9)], PeriodCut.ByRows(ticks, 3));
    }

    [Fact]
    public void ByRows_EqualTimes_StayTogether()
    {
        long[] ticks = [.. Enumerable.Repeat(Start.UtcTicks, 5), Start.AddHours(1).UtcTicks];

        Assert.Equal([Start, Start, Start], PeriodCut.ByRows(ticks, 3));
    }
}
