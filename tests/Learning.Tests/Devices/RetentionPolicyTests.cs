using Sheaf.Learning.Devices;

namespace Sheaf.Learning.Tests.Devices;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

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
    public void Kept_TimesAt0134Minutes_KeepsTheTailFoundByHand(int? max, int? ageMinutes, int now, int first)
    {
        var policy = new RetentionPolicy { ExamplesMax = max, AgeMax = ageMinutes is { } m ? TimeSpan.FromMinutes(m) : null };

        Assert.Equal(Enumerable.Range(first, 4 - first), KeptAt(policy, now, 0, Examples((0, 0, 1), (1, 0, 1), (3, 0, 1), (4, 0, 1))));
    }

    [Theory]
    [InlineData(25, new[] { 0, 1, 2, 3 })]
    [InlineData(24, new[] { 1, 2, 3 })]
    [InlineData(14, new[] { 2, 3 })] // 15 without the oldest.
    [InlineData(7, new[] { 3 })]
    [InlineData(4, new[] { 2 })] // The newest can never stay, and takes nobody with it.
    [InlineData(2, new int[0])]
    public void Kept_OldestOf10And7And3And5Bytes_GoFirst(long bytesMax, int[] expected) => Assert.Equal(
        expected, KeptAt(new RetentionPolicy { BytesMax = bytesMax }, 9, 0, Examples((0, 0, 10), (1, 0, 7), (2, 0, 3), (3, 0, 5))));

    [Fact]
    public void Kept_TooLargeByItself_TakesNoPlaceFromOthers() => Assert.Equal(
        [0, 2], KeptAt(new RetentionPolicy { BytesMax = 8, ExamplesMax = 2 }, 9, 0, Examples((0, 0, 3), (1, 0, 9), (2, 0, 5))));

    [Theory]
    [InlineData(1, 2, new[] { 3 })]
    [InlineData(2, 2, new[] { 2, 3 })]
    [InlineData(3, 2, new[] { 0, 1, 2, 3 })]
    [InlineData(1, 3, new int[0])] // A period without examples has arrived.
    [InlineData(int.MaxValue, 2, new[] { 0, 1, 2, 3 })]
    public void Kept_LastPeriods_CountTheOneUnderWay(int periodsMax, int period, int[] expected) =>
        Assert.Equal(
            expected,
            KeptAt(new RetentionPolicy { PeriodsMax = periodsMax }, 9, period, Examples((0, 0, 1), (1, 0, 1), (2, 1, 1), (3, 2, 1))));

    [Fact]
    public void Kept_TrainOnce_DropsWhatACommitUsedBeforeItCounts()
    {
        var examples = Examples((0, 0, 1), (1, 0, 1), (2, 0, 1));
        examples[2] = examples[2] with { Committed = true };

        Assert.Equal([0, 1], KeptAt(new RetentionPolicy { TrainOnce = true }, 9, 0, examples));
        Assert.Equal([1], KeptAt(new RetentionPolicy { TrainOnce = true, ExamplesMax = 1 }, 9, 0, examples));
        Assert.Equal([0, 1, 2], KeptAt(RetentionPolicy.KeepAll, 9, 0, examples));
    }

    [Fact]
    public void Kept_EqualTimes_TheLaterArrivalStays() =>
        Assert.Equal([1], KeptAt(new RetentionPolicy { ExamplesMax = 1 }, 0, 0, Examples((0, 0, 1), (0, 0, 1))));

    [Fact]
    public void NextExpiry_ByHand_IsTheOldestPlusItsAge()
    {
        var policy = new RetentionPolicy { AgeMax = TimeSpan.FromMinutes(3) };

        Assert.Equal(Start.AddMinutes(4), policy.NextExpiry(Examples((2, 0, 1), (1, 0, 1), (5, 0, 1))));
        Assert.Null(policy.NextExpiry([]));
        Assert.Null(new RetentionPolicy { ExamplesMax = 2 }.NextExpiry(Examples((2, 0, 1))));
    }

    [Fact]
    public void NextExpiryPeriod_ByHand_IsTheOldestPlusWhatStays()
    {
        var policy = new RetentionPolicy { PeriodsMax = 3 };

        Assert.Equal(7, policy.NextExpiryPeriod(Examples((0, 6, 1), (0, 4, 1), (0, 9, 1))));
        Assert.Null(policy.NextExpiryPeriod([]));
        Assert.Null(RetentionPolicy.KeepAll.NextExpiryPeriod(Examples((0, 6, 1))));
        Assert.Null(new RetentionPolicy { PeriodsMax = int.MaxValue }.NextExpiryPeriod(Examples((0, 1, 1))));
    }

    [Fact]
    public void NextExpiry_BeyondTheCalendar_IsNever()
    {
        var policy = new RetentionPolicy { AgeMax = TimeSpan.MaxValue };

        Assert.Null(policy.NextExpiry(Examples((0, 0, 1))));
        Assert.Equal([0], policy.Kept(Examples((0, 0, 1)), new RetentionMoment(Start.AddYears(1000), 0), 0, 0));
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, true)]
    public void OverriddenBy_AnOwnPolicy_HoldsAsAWholeFromThePopulationsVersionOn(int population, int own, bool ownHolds)
    {
        var ofPopulation = new RetentionPolicy { Version = population, ExamplesMax = 5 };
        var ofDevice = new RetentionPolicy { Version = own, AgeMax = TimeSpan.FromDays(1) };

        Assert.Same(ownHolds ? ofDevice : ofPopulation, ofPopulation.OverriddenBy(ofDevice));
        Assert.Same(ofPopulation, ofPopulation.OverriddenBy(null));
    }

    [Fact]
    public void Kept_PolicyWithMistakes_NamesAllOfThem()
    {
        var policy = new RetentionPolicy
        {
            Version = -1, ExamplesMax = 0, AgeMax = TimeSpan.FromDays(-1), BytesMax = 0, PeriodsMax = 0,
        };

        var error = Assert.Throws<InvalidOperationException>(() => policy.Kept([], new RetentionMoment(Start, 0), 0, 0));

        Assert.Equal(
            "This retention policy cannot be used. Version is -1: start at 0 and count up. "
            + "ExamplesMax is 0: choose at least 1, or leave it out to keep any number. "
            + "AgeMax is -1.00:00:00: choose a time above zero, or leave it out to keep examples for ever. "
            + "BytesMax is 0: choose at least 1, or leave it out to keep any size. "
            + "PeriodsMax is 0: choose at least 1, the period under way, or leave it out to keep all.",
            error.Message);
    }

    [Theory]
    [InlineData(OverflowRule.Reservoir, "Overflow is Reservoir without ExamplesMax: say how many examples the reservoir holds, or leave it out.")]
    [InlineData((OverflowRule)7, "Overflow is 7: choose OldestFirst or Reservoir.")]
    public void Problems_AnOverflowThatCannotBe_SaysWhatIsMissing(OverflowRule overflow, string expected) =>
        Assert.Equal([expected], new RetentionPolicy { Overflow = overflow }.Problems());

    [Fact]
    public void BytesOf_TextAndLabel_AreCountedInUtf8() => Assert.Equal(3 + 2, ExampleFacts.BytesOf("aé", "on"));

    private static int[] KeptAt(RetentionPolicy policy, int minute, int period, ExampleFacts[] examples) =>
        policy.Kept(examples, new RetentionMoment(Start.AddMinutes(minute), period), seed: 1, position: 2);

    private static ExampleFacts[] Examples(params (int Minute, int Period, int Bytes)[] examples) =>
        [.. examples.Select((each, id) => new ExampleFacts(id, Start.AddMinutes(each.Minute), each.Period, each.Bytes))];
}
