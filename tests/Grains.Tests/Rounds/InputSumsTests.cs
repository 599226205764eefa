using System.Collections.Immutable;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Tests.Rounds;

public sealed class InputSumsTests
{
    private static readonly RoundKey Round = new("task", Epoch: 2, Round: 5);
    private static readonly FixedPointScale Scale = new(0);

    private readonly InputSums _sums = new(new SumPool());

    [Fact]
    public void Merge_SlicesOfTwoInputs_KeepsTheInputsApart()
    {
        Assert.True(_sums.Merge(Round, 1, input: 7, slice: 0, attempt: 1, Sum(1, 2)));
        Assert.True(_sums.Merge(Round, 1, input: 3, slice: 1, attempt: 2, Sum(10, 20)));
        Assert.True(_sums.Merge(Round, 1, input: 7, slice: 2, attempt: 1, Sum(100, 200)));

        AssertHolds([(3, [10, 20], 1), (7, [101, 202], 2)], 1, (0, 1), (1, 2), (2, 1));
    }

    [Fact]
    public void Merge_SameAttemptTwiceAndAnotherOne_CountsTheFirst()
    {
        _sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2));

        Assert.True(_sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2)));
        Assert.False(_sums.Merge(Round, 1, input: 0, slice: 0, attempt: 2, Sum(5, 5)));

        AssertHolds([(0, [1, 2], 1)], 1, (0, 1));
    }

    [Theory]
    [InlineData(1, 9, 9)]
    [InlineData(2, 4, 9)]
    [InlineData(2, 5, 2)]
    public void Merge_OlderEpochRoundOrGeneration_IsRefusedAndChangesNothing(int epoch, int round, int generation)
    {
        _sums.Merge(Round, 3, input: 0, slice: 0, attempt: 1, Sum(1, 2));

        Assert.False(_sums.Merge(Round with { Epoch = epoch, Round = round }, generation, input: 0, slice: 1, attempt: 1, Sum(5, 5)));

        AssertHolds([(0, [1, 2], 1)], 3, (0, 1));
    }

    [Fact]
    public void Drop_NewerGeneration_LeavesNothingAndRefusesTheOlderOne()
    {
        _sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2));

        _sums.Drop(Round, 2);

        Assert.Null(Find(1, (0, 1)));
        Assert.True(_sums.IsFree("task"));
        Assert.False(_sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2)));
    }

    [Fact]
    public void Release_RoundThatIsOver_LeavesNothingAndRefusesWhatComesLate()
    {
        _sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2));

        _sums.Release(Round with { Round = 4 });
        Assert.False(_sums.IsFree("task"));
        _sums.Release(Round);

        Assert.True(_sums.IsFree("task"));
        Assert.False(_sums.Merge(Round, 1, input: 0, slice: 1, attempt: 1, Sum(1, 2)));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void Find_OtherSlicesThanItHolds_FindsNothing(int slice, int attempt)
    {
        _sums.Merge(Round, 1, input: 0, slice: 0, attempt: 1, Sum(1, 2));

        Assert.Null(Find(1, (slice, attempt)));
        Assert.Null(Find(1, (0, 1), (slice + 1, attempt)));
        Assert.Null(Find(2, (0, 1)));
    }

    private static FixedPointSum Sum(params long[] units) => new(units, Scale, weightUnits: 1 << 20, updates: 1);

    private IReadOnlyList<(int Input, FixedPointSum Sum)>? Find(int generation, params (int Slice, int Attempt)[] slices) =>
        _sums.Find(Round, generation, slices.ToImmutableDictionary(slice => slice.Slice, slice => slice.Attempt));

    private void AssertHolds((int Input, long[] Units, int Updates)[] expected, int generation, params (int Slice, int Attempt)[] slices)
    {
        var found = Find(generation, slices);
        Assert.NotNull(found);
        Assert.Equal(expected.Select(input => (input.Input, input.Updates)), found.Select(input => (input.Input, input.Sum.Updates)));
        Assert.Equal(expected.SelectMany(input => input.Units), found.SelectMany(input => input.Sum.Units.ToArray()));
    }
}
