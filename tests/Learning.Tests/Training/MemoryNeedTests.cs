using Sheaf.Learning.Models;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Tests.Training;

public sealed class MemoryNeedTests
{
    [Fact]
    public void Of_ATask_AddsWhatEachPartTakes()
    {
        // 50 buckets × 4 values are sparse; 4 × 3 + 3 + 3 × 2 + 2 = 23 values are dense.
        var need = MemoryNeed.Of(new EmbeddingBagClassifier(50, 4, 3, 2), lanes: 2, together: 32, cohort: 1000);

        Assert.Equal(new MemoryNeed(3 * 223 * 4, (2 + 2) * 223 * 8, 2 * 32 * 23 * 4, 200_000), need);
        Assert.Equal(2676 + 7136 + 5888 + 200_000, need.Total);
    }

    [Fact]
    public void ToString_Need_IsItsArithmetic() => Assert.Equal(
        "10.01 GB (checkpoints 3.2, sums 4.3, trainers 2.5, cohort 0.01)", new MemoryNeed(3_200_000_000, 4_300_000_000, 2_500_000_000, 10_000_000).ToString());
}
