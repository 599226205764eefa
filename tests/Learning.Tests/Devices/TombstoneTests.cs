using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Devices;

public sealed class TombstoneTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<EraseScope> Scopes = Gen.OneOf(
        Gen.Const<EraseScope>(new EraseAll()),
        Gen.Select(Gen.Int[0, 12], Gen.Int[1, 6], (start, length) => (EraseScope)new EraseTimes(Minute(start), Minute(start + length))),
        Gen.Int[0, 3].Select(label => (EraseScope)new EraseLabel(Label(label))),
        Gen.Long[0, 20].Array[1, 6].Select(ids => (EraseScope)new EraseIds([.. ids])));

    private static readonly Gen<(EraseScope Scope, long UpTo)[]> Erasures = Gen.Select(Scopes, Gen.Long[-1, 20]).Array[0, 8];

    private static readonly ExampleIdentity[] Everything =
    [
        .. from id in Enumerable.Range(0, 22) from minute in Enumerable.Range(0, 19) from label in Enumerable.Range(0, 4)
           select new ExampleIdentity(id, Minute(minute), Label(label)),
    ];

    [Fact]
    public void Refuses_AnyErasures_ExactlyWhatOneOfThemMeans() => Erasures.Sample(erasures =>
    {
        var tombstone = Added(erasures);

        foreach (var example in Everything)
        {
            Assert.Equal(erasures.Any(each => example.Id <= each.UpTo && each.Scope.Matches(example)), tombstone.Refuses(example));
        }
    }, iter: 500);

    [Fact]
    public void Add_InAnyOrderAndTwice_IsTheSameStoredForm() => Gen.Select(Erasures, Gen.ULong).Sample((erasures, seed) =>
    {
        var shuffled = erasures.Concat(erasures).ToArray();
        new PrfSequence(seed).Shuffle<(EraseScope, long)>(shuffled);

        Assert.Equal(Added(erasures), Added(shuffled));
    }, iter: 2000);

    [Fact]
    public void Add_AnyErasures_KeepsTheFormShort() => Erasures.Sample(erasures =>
    {
        var tombstone = Added(erasures);

        Assert.True(tombstone.Times.Length <= 2 * erasures.Count(each => each.Scope is EraseTimes));
        Assert.All(tombstone.Times.Zip(tombstone.Times.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        Assert.All(tombstone.Ids.Zip(tombstone.Ids.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
        Assert.All(tombstone.Times.Select(times => times.UpTo).Concat(tombstone.Labels.Select(label => label.UpTo))
            .Concat(tombstone.Ids.Select(ids => ids.First)), upTo => Assert.True(upTo > tombstone.AllUpTo));
    });

    [Fact]
    public void Add_NeighbouringIds_BecomeOneRange()
    {
        var tombstone = Tombstone.Empty.Add(new EraseIds([7, 3, 5]), upTo: 9).Add(new EraseIds([4, 6, 12]), upTo: 9);

        // 12 had not been handed out: whatever gets that id is another example.
        Assert.Equal<ErasedIds>([new ErasedIds(3, 7)], tombstone.Ids);
    }

    [Fact]
    public void Add_Everything_SwallowsWhatDoesNotReachAboveIt()
    {
        var tombstone = Tombstone.Empty.Add(new EraseLabel("a"), 5).Add(new EraseLabel("b"), 9)
            .Add(new EraseTimes(Minute(0), Minute(1)), 5).Add(new EraseIds([4, 5, 6, 7]), 8).Add(new EraseAll(), 5);

        Assert.Equal(new Tombstone(5, [], [new ErasedLabel("b", 9)], [new ErasedIds(6, 7)]), tombstone);
    }

    [Fact]
    public void Add_ARangeWithinAnother_KeepsTheHigherWatermarkEverywhere() => Assert.Equal<ErasedTimes>(
        [new(Minute(0), Minute(3), 2), new(Minute(3), Minute(5), 6), new(Minute(5), Minute(9), 2)],
        Tombstone.Empty.Add(new EraseTimes(Minute(3), Minute(5)), 6).Add(new EraseTimes(Minute(0), Minute(9)), 2).Times);

    [Fact]
    public void Add_ScopesThatMeanNothing_AreRefusedWithARemedy() => Assert.All(
        new (EraseScope Scope, string Problem)[]
        {
            (new EraseTimes(Start, Start), "This cannot be erased. The time range [2026-01-01 00:00:00Z, 2026-01-01 00:00:00Z) is empty: "
                + "choose an end after its start."),
            (new EraseIds([]), "This cannot be erased. No ids are given: name at least one example."),
            (new EraseIds(default), "This cannot be erased. No ids are given: name at least one example."),
            (new EraseIds([2, -3]), "This cannot be erased. The id -3 is below 0: examples are numbered from 0."),
        },
        each => Assert.StartsWith(each.Problem, Assert.Throws<ArgumentException>(() => Tombstone.Empty.Add(each.Scope, 1)).Message, StringComparison.Ordinal));

    private static Tombstone Added(IEnumerable<(EraseScope Scope, long UpTo)> erasures) =>
        erasures.Aggregate(Tombstone.Empty, (tombstone, each) => tombstone.Add(each.Scope, each.UpTo));

    private static DateTimeOffset Minute(int minute) => Start.AddMinutes(minute);

    private static string Label(int label) => label == 0 ? "" : $"label {label}";
}
