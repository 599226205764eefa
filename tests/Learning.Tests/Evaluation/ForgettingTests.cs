using CsCheck;
using Sheaf.Learning.Evaluation;

namespace Sheaf.Learning.Tests.Evaluation;

public sealed class ForgettingTests
{
    [Fact]
    public void Of_ThreeEvaluations_IsTheMeanFallFromTheBest()
    {
        ClassTally[][] evaluations =
        [
            [new(8, 10), new(1, 4), new(0, 0)],
            [new(9, 10), new(2, 4), new(0, 0)],
            [new(4, 10), new(3, 4), new(0, 0)],
        ];

        // The first falls from 0.9 to 0.4, the second is at its best, the third was never scored.
        Assert.Equal(0.25, Forgetting.Of(evaluations)!.Value, 1e-12);
    }

    [Fact]
    public void Of_AClassMissingFromTheLast_EndsWhereItWasLastScored() =>
        Assert.Equal(0.5, Forgetting.Of([[new(4, 4)], [new(2, 4)], [new(0, 0)]])!.Value, 1e-12);

    [Fact]
    public void Of_AClassThatCameLaterAndOnce_CountsWithNothing() =>
        Assert.Equal(0.25, Forgetting.Of([[new(2, 2)], [new(1, 2), new(0, 5)]])!.Value, 1e-12);

    [Fact]
    public void Of_NothingScored_IsUnknown()
    {
        Assert.Null(Forgetting.Of([]));
        Assert.Null(Forgetting.Of([[new(0, 0)], []]));
    }

    [Fact]
    public void Of_AnyEvaluations_IsTheDefinitionPerClass() =>
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6]).Array[5].Array[0, 8].Sample(raw =>
        {
            var evaluations = raw.Select(tallies => tallies.Select(each => new ClassTally(Math.Min(each.Item1, each.Item2), each.Item2)).ToArray()).ToArray();

            var falls = Enumerable.Range(0, 5)
                .Select(label => evaluations.Select(tallies => tallies[label]).Where(tally => tally.Examples > 0)
                    .Select(tally => (double)tally.Correct / tally.Examples).ToArray())
                .Where(accuracies => accuracies.Length > 0).Select(accuracies => accuracies.Max() - accuracies[^1]).ToArray();
            Assert.Equal(falls.Length == 0 ? null : falls.Average(), Forgetting.Of(evaluations));
        });
}
