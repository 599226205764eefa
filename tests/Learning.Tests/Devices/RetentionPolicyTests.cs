using CsCheck;
using Sheaf.Learning.Devices;

namespace Sheaf.Learning.Tests.Devices;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<(RetentionPolicy Policy, DateTimeOffset[] Times, DateTimeOffset AsOf)> Cases =
        from max in Gen.Int[1, 12].Nullable()
        from age in Gen.Int[1, 40].Nullable()
        from minutes in Gen.Int[0, 60].Array[0, 15]
        from now in Gen.Int[0, 120]
        select (
            new RetentionPolicy { ExamplesMax = max, AgeMax = age is { } a ? TimeSpan.FromMinutes(a) : null },
            minutes.Order().Select(m => Start.AddMinutes(m)).ToArray(),
            Start.AddMinutes(now));

    [Theory]
    [InlineData(null, null, 5, 0)]
    [InlineData(3, null, 5, 1)]
    [InlineData(4, null, 5, 0)]
    [InlineData(9, null, 5, 0)]
    [InlineData(null, 3, 5, 2)] // At 5 the examples of 0, 1, 3, 4 are 5, 4, 2, 1 minutes old.
    [InlineData(null, 2, 5, 3)] // The one of 3 is exactly 2 minutes old: expired.
    [InlineData(null, 1, 5, 4)]
    [InlineData(null, 5, 5, 1)]
    [InlineData(1, 3, 5, 3)] // The count is stricter.
    [InlineData(3, 2, 5, 3)] // The age is stricter.
    [InlineData(null, 1, 0, 0)] // Examples from later than now are young.
    public void FirstKept_TimesAt0134Minutes_ByHand(int? max, int? ageMinutes, int now, int expected)
    {
        var policy = new RetentionPolicy { ExamplesMax = max, AgeMax = ageMinutes is { } m ? TimeSpan.FromMinutes(m) : null };
        DateTimeOffset[] times = [Start, Start.AddMinutes(1), Start.AddMinutes(3), Start.AddMinutes(4)];

        Assert.Equal(expected, policy.FirstKept(times, Start.AddMinutes(now)));
    }

    [Fact]
    public void FirstKept_AnyCase_KeepsExactlyTheYoungAmongTheNewest() => Cases.Sample(c =>
    {
        var first = c.Policy.FirstKept(c.Times, c.AsOf);

        for (var i = 0; i < c.Times.Length; i++)
        {
            var young = c.Policy.AgeMax is not { } age || c.Times[i] + age > c.AsOf;
            var newest = c.Policy.ExamplesMax is not { } max || c.Times.Length - i <= max;
            Assert.Equal(young && newest, i >= first);
        }
    });

    [Fact]
    public void FirstKept_AppliedTwice_DropsNothingMore() => Cases.Sample(c =>
    {
        var kept = c.Times[c.Policy.FirstKept(c.Times, c.AsOf)..];

        Assert.Equal(0, c.Policy.FirstKept(kept, c.AsOf));
    });

    [Fact]
    public void NextExpiry_AnyCase_IsWhenTheFirstKeptFirstGoes() => Cases.Sample(c =>
    {
        var first = c.Policy.FirstKept(c.Times, c.AsOf);

        if (c.Policy.NextExpiry(c.Times, c.AsOf) is { } expiry)
        {
            Assert.True(expiry > c.AsOf);
            Assert.Equal(first, c.Policy.FirstKept(c.Times, expiry.AddTicks(-1)));
            Assert.True(c.Policy.FirstKept(c.Times, expiry) > first);
        }
        else
        {
            Assert.True(first == c.Times.Length || c.Policy.AgeMax is null);
        }
    });

    [Fact]
    public void NextExpiry_ByHand_IsTheOldestKeptPlusItsAge()
    {
        DateTimeOffset[] times = [Start, Start.AddHours(1), Start.AddHours(2)];

        Assert.Equal(Start.AddHours(4), new RetentionPolicy { AgeMax = TimeSpan.FromHours(3) }.NextExpiry(times, Start.AddHours(3)));
        Assert.Equal(
            Start.AddHours(5),
            new RetentionPolicy { AgeMax = TimeSpan.FromHours(3), ExamplesMax = 1 }.NextExpiry(times, Start.AddHours(3)));
        Assert.Null(new RetentionPolicy { AgeMax = TimeSpan.FromHours(1) }.NextExpiry(times, Start.AddHours(3)));
        Assert.Null(new RetentionPolicy { ExamplesMax = 2 }.NextExpiry(times, Start.AddHours(3)));
    }

    [Fact]
    public void NextExpiry_BeyondTheCalendar_IsNever()
    {
        var policy = new RetentionPolicy { AgeMax = TimeSpan.MaxValue };

        Assert.Equal(0, policy.FirstKept([Start], Start.AddYears(1000)));
        Assert.Null(policy.NextExpiry([Start], Start));
    }

    [Fact]
    public void KeepAll_ManyOldExamples_KeepsThem() =>
        Assert.Equal(0, RetentionPolicy.KeepAll.FirstKept(new DateTimeOffset[1000], DateTimeOffset.MaxValue));

    [Fact]
    public void FirstKept_PolicyWithMistakes_NamesAllOfThem()
    {
        var policy = new RetentionPolicy { ExamplesMax = 0, AgeMax = TimeSpan.FromDays(-1) };

        var error = Assert.Throws<InvalidOperationException>(() => policy.FirstKept([], Start));

        Assert.Equal(
            "This retention policy cannot be used. ExamplesMax is 0: choose at least 1, or leave it out to keep any number. "
            + "AgeMax is -1.00:00:00: choose a time above zero, or leave it out to keep examples for ever.",
            error.Message);
    }
}
