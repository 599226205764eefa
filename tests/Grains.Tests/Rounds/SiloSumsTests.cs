using Sheaf.Grains.Rounds;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Tests.Rounds;

public sealed class SiloSumsTests
{
    private static readonly RoundKey Round = new("task", Epoch: 2, Round: 5);
    private static readonly FixedPointScale Scale = new(0);

    private readonly SiloSums _sums = new(new SumPool());

    [Fact]
    public void Merge_TwoSlices_AddsThem()
    {
        Assert.True(_sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2)));
        Assert.True(_sums.Merge(Round, 1, slice: 1, attempt: 3, Sum(10, 20)));

        AssertHolds([11, 22], updates: 2, Round, 1, (0, 1), (1, 3));
    }

    [Fact]
    public void Merge_SameAttemptTwice_CountsItOnce()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));

        Assert.True(_sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2)));

        AssertHolds([1, 2], updates: 1, Round, 1, (0, 1));
    }

    [Fact]
    public void Merge_AnotherAttemptOfASliceItHolds_IsRefused()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));

        Assert.False(_sums.Merge(Round, 1, slice: 0, attempt: 2, Sum(5, 5)));

        AssertHolds([1, 2], updates: 1, Round, 1, (0, 1));
    }

    [Fact]
    public void Merge_TheCallersSum_StaysAsItIs()
    {
        var sum = Sum(1, 2);
        _sums.Merge(Round, 1, slice: 0, attempt: 1, sum);
        _sums.Merge(Round, 1, slice: 1, attempt: 1, Sum(1, 2));

        Assert.Equal([1, 2], sum.Units.ToArray());
    }

    [Theory]
    [InlineData(1, 9, 9)]
    [InlineData(2, 4, 9)]
    [InlineData(2, 5, 2)]
    public void Merge_OlderEpochRoundOrGeneration_IsRefusedAndChangesNothing(int epoch, int round, int generation)
    {
        _sums.Merge(Round, 3, slice: 0, attempt: 1, Sum(1, 2));
        var older = Round with { Epoch = epoch, Round = round };

        Assert.False(_sums.Merge(older, generation, slice: 1, attempt: 1, Sum(5, 5)));
        _sums.Drop(older, generation);
        _sums.Release(older with { Round = 4 });

        AssertHolds([1, 2], updates: 1, Round, 3, (0, 1));
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(2, 6, 1)]
    [InlineData(2, 5, 4)]
    public void Merge_NewerEpochRoundOrGeneration_ReplacesWhatWasThere(int epoch, int round, int generation)
    {
        _sums.Merge(Round, 3, slice: 0, attempt: 1, Sum(1, 2));
        var newer = Round with { Epoch = epoch, Round = round };

        Assert.True(_sums.Merge(newer, generation, slice: 0, attempt: 2, Sum(5, 7)));

        AssertHolds([5, 7], updates: 1, newer, generation, (0, 2));
        Assert.Null(Find(Round, 3, (0, 1)));
        Assert.False(_sums.Merge(Round, 3, slice: 0, attempt: 1, Sum(1, 2)));
    }

    [Fact]
    public void Merge_AnotherTask_HasASumOfItsOwn()
    {
        var other = new RoundKey("other", Epoch: 1, Round: 1);
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));
        _sums.Merge(other, 1, slice: 0, attempt: 1, Sum(5, 7));

        AssertHolds([1, 2], updates: 1, Round, 1, (0, 1));
        AssertHolds([5, 7], updates: 1, other, 1, (0, 1));
    }

    [Fact]
    public void Find_AnythingButExactlyWhatItHolds_IsNotThere()
    {
        _sums.Merge(Round, 2, slice: 0, attempt: 1, Sum(1, 2));
        _sums.Merge(Round, 2, slice: 1, attempt: 1, Sum(1, 2));

        Assert.NotNull(Find(Round, 2, (0, 1), (1, 1)));
        Assert.Null(Find(Round, 2, (0, 1)));
        Assert.Null(Find(Round, 2, (0, 1), (1, 2)));
        Assert.Null(Find(Round, 2, (0, 1), (2, 1)));
        Assert.Null(Find(Round, 2, (0, 1), (1, 1), (2, 1)));
        Assert.Null(Find(Round, 1, (0, 1), (1, 1)));
        Assert.Null(Find(Round with { Round = 6 }, 2, (0, 1), (1, 1)));
        Assert.Null(Find(Round with { Epoch = 3 }, 2, (0, 1), (1, 1)));
    }

    [Fact]
    public void Find_NothingMerged_IsNotThere()
    {
        Assert.Null(Find(Round, 1));
        _sums.Drop(Round, 1);
        Assert.Null(Find(Round, 1));
    }

    [Fact]
    public void Drop_NewerGeneration_ClearsTheSumAndRefusesTheOlderOne()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));
        var held = Find(Round, 1, (0, 1))!;

        _sums.Drop(Round, 2);

        Assert.Null(Find(Round, 1, (0, 1)));
        Assert.Equal([0, 0], held.Units.ToArray());
        Assert.False(_sums.Merge(Round, 1, slice: 1, attempt: 1, Sum(1, 2)));
        Assert.True(_sums.Merge(Round, 2, slice: 0, attempt: 2, Sum(5, 7)));
        AssertHolds([5, 7], updates: 1, Round, 2, (0, 2));
    }

    [Fact]
    public void Drop_SameGeneration_KeepsTheSum()
    {
        _sums.Merge(Round, 2, slice: 0, attempt: 1, Sum(1, 2));

        _sums.Drop(Round, 2);

        AssertHolds([1, 2], updates: 1, Round, 2, (0, 1));
    }

    [Fact]
    public void Release_TheRound_ClearsItAndRefusesWhatComesLate()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));
        var held = Find(Round, 1, (0, 1))!;

        _sums.Release(Round);
        _sums.Release(Round);

        Assert.Null(Find(Round, 1, (0, 1)));
        Assert.Equal([0, 0], held.Units.ToArray());
        Assert.False(_sums.Merge(Round, 7, slice: 0, attempt: 1, Sum(1, 2)));
        Assert.True(_sums.Merge(Round with { Round = 6 }, 1, slice: 0, attempt: 1, Sum(5, 7)));
    }

    [Fact]
    public void Copy_OfTheSumThatIsCollected_StaysAsItIs()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));

        var copy = _sums.Copy(Round, 1);
        _sums.Merge(Round, 1, slice: 1, attempt: 1, Sum(5, 7));

        Assert.Equal([1, 2], copy!.Value.Sum.Units.ToArray());
        Assert.Equal([new(0, 1)], copy.Value.Slices);
        AssertHolds([6, 9], updates: 2, Round, 1, (0, 1), (1, 1));
    }

    [Fact]
    public void Copy_NothingMergedOrDropped_IsNotThere()
    {
        Assert.Null(_sums.Copy(Round, 1));
        _sums.Merge(Round, 1, slice: 0, attempt: 1, Sum(1, 2));
        Assert.True(_sums.IsCollected(Round, 1));
        Assert.Null(_sums.Copy(Round, 2));

        _sums.Drop(Round, 2);

        Assert.Null(_sums.Copy(Round, 1));
        Assert.Null(_sums.Copy(Round, 2));
        Assert.False(_sums.IsCollected(Round, 1));
        _sums.Release(Round);
        Assert.False(_sums.IsCollected(Round, 2));
    }

    private static FixedPointSum Sum(params long[] units) => new(units, Scale, weightUnits: 1 << 20, updates: 1);

    private FixedPointSum? Find(RoundKey round, int generation, params (int Slice, int Attempt)[] slices) =>
        _sums.Find(round, generation, slices.ToDictionary(slice => slice.Slice, slice => slice.Attempt));

    private void AssertHolds(long[] units, int updates, RoundKey round, int generation, params (int Slice, int Attempt)[] slices)
    {
        var sum = Find(round, generation, slices);
        Assert.NotNull(sum);
        Assert.Equal(units, sum.Units.ToArray());
        Assert.Equal((updates, (double)updates), (sum.Updates, sum.Weight));
    }
}
