using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class IndexPermutationTests
{
    [Fact]
    public void Of_EveryIndexOfEverySmallCount_TakesEveryValueOnce()
    {
        for (var count = 1; count <= 300; count++)
        {
            var permutation = new IndexPermutation(count, key: (ulong)count * 77);

            var seen = new bool[count];
            for (var index = 0; index < count; index++)
            {
                var value = permutation.Of(index);
                Assert.False(seen[value], $"{value} of {count} comes twice.");
                seen[value] = true;
            }
        }
    }

    [Fact]
    public void Of_AMillionIndices_TakesEveryValueOnce()
    {
        const int count = 1_000_003;
        var permutation = new IndexPermutation(count, key: 5);

        var values = Enumerable.Range(0, count).Select(i => permutation.Of(i)).ToArray();

        Assert.Equal(count, values.Distinct().Count());
        Assert.Equal(0, values.Min());
        Assert.Equal(count - 1, values.Max());
    }

    [Fact]
    public void Of_Neighbours_AreNotNeighboursInRank()
    {
        const int count = 100_000;
        var permutation = new IndexPermutation(count, key: 9);

        var distances = Enumerable.Range(0, count - 1).Select(i => (double)Math.Abs(permutation.Of(i) - permutation.Of(i + 1))).ToArray();

        // Two uniform values are n/3 apart in the mean, with variance n²/18; neighbouring distances share a value, so the
        // variance of the mean is at most three times that of independent ones.
        var error = count * Math.Sqrt(3 / 18.0 / distances.Length);
        Assert.InRange(distances.Average(), (count / 3.0) - (4 * error), (count / 3.0) + (4 * error));
    }

    [Fact]
    public void Of_AnotherKey_GivesAnotherOrder()
    {
        var (one, two) = (new IndexPermutation(1000, key: 1), new IndexPermutation(1000, key: 2));

        var same = Enumerable.Range(0, 1000).Count(i => one.Of(i) == two.Of(i));

        // About 1 in 1000 indices stays by chance.
        Assert.InRange(same, 0, 6);
    }
}
