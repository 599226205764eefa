using CsCheck;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class ParticipationCountsTests
{
    [Fact]
    public void Gini_ByHand()
    {
        // One of four devices does everything: (2·4 − 4 − 1)·6 / (4·6) = 3/4.
        Assert.Equal(0.75, Of(0, 0, 0, 6).Gini);
        Assert.Equal(0, Of(2, 2, 2).Gini);
        // Σ(2i − 4)·xᵢ = −2·1 + 0·2 + 2·3 = 4; 3·6 = 18.
        Assert.Equal(4.0 / 18, Of(3, 1, 2).Gini);
        Assert.Null(Of(0, 0).Gini);
        Assert.Null(ParticipationCounts.None.Gini);
    }

    [Fact]
    public void Gini_AnyCounts_IsHalfTheRelativeMeanDifference() =>
        Gen.Int[0, 9].Array[1, 40].Where(times => times.Sum() > 0).Sample(times =>
        {
            var differences = times.Sum(one => times.Sum(other => Math.Abs(one - other)));
            Assert.Equal((double)differences / (2.0 * times.Length * times.Sum()), Of(times).Gini!.Value, 12);
        });

    [Fact]
    public void Merge_OfParts_IsTheCountsOfAll() =>
        Gen.Select(Gen.Int[0, 5].Array[0, 30], Gen.Int[0, 5].Array[0, 30]).Sample((left, right) =>
        {
            var (merged, all) = (Of(left).Merge(Of(right)), Of([.. left, .. right]));
            Assert.Equal(all.DevicesByTimes, merged.DevicesByTimes);
            Assert.Equal((left.Length + right.Length, left.Sum() + right.Sum()), (merged.Devices, merged.Times));
            Assert.Equal(left.Concat(right).Count(times => times == 0), merged.Never);
        });

    private static ParticipationCounts Of(params int[] times) => times.Aggregate(ParticipationCounts.None, (counts, each) => counts.With(each));
}
