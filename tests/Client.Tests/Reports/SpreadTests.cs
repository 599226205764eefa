using Sheaf.Client.Reports;

namespace Sheaf.Client.Tests.Reports;

public sealed class SpreadTests
{
    [Fact]
    public void Of_Values_IsTheMeanAndTheSampleDeviation() => Assert.Equal(new Spread(3, 4, 2), Spread.Of([2, 4, 6]));

    [Fact]
    public void Of_OneValue_HasNoDeviation() => Assert.Equal(new Spread(1, 7, 0), Spread.Of([7]));

    [Fact]
    public void Of_NoValue_IsRefused() => Assert.Throws<InvalidOperationException>(() => Spread.Of([]));

    [Theory]
    [InlineData(1, "0.50")]
    [InlineData(2, "0.50 ± 0.25")]
    public void Show_OneOrMoreValues_ShowsTheDeviationOfSeveral(int count, string shown) => Assert.Equal(shown, new Spread(count, 0.5, 0.25).Show("0.00"));
}
