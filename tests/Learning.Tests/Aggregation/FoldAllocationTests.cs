using Sheaf.Learning.Aggregation;

namespace Sheaf.Learning.Tests.Aggregation;

/// <summary>Folding is what every update of every device goes through: it allocates nothing.</summary>
public sealed class FoldAllocationTests
{
    [Fact]
    public void Fold_Warmed_AllocatesNothing()
    {
        const int values = 1000;
        var sum = new FixedPointSum(values, FixedPointScale.FromBounds(10, 1, 100));
        var (local, start) = (new float[values], new float[values]);
        Fold();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var update = 0; update < 50; update++)
        {
            Fold();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(51, sum.Updates);

        void Fold()
        {
            sum.FoldDifference(0, local, start, 0.5);
            sum.Count(1);
        }
    }
}
