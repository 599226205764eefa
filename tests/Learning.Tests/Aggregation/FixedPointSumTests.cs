using CsCheck;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Aggregation;

public sealed class FixedPointSumTests
{
    private const int Length = 37;

    private static readonly FixedPointScale Scale = FixedPointScale.FromBounds(clipNorm: 10, weightMax: 200, updatesMax: 1_000);

    [Fact]
    public void FoldDifference_AnyOrder_GivesTheSameSum() =>
        Gen.Select(Gen.Int[0, 30], Gen.ULong).Sample((count, seed) =>
        {
            var updates = Updates(count, seed);
            var shuffled = updates.ToArray();
            Prf.Sequence(seed, Purpose.Activity, 1).Shuffle<Update>(shuffled);
            AssertSame(SumOf(updates), SumOf(shuffled));
        });

    [Fact]
    public void Add_SumsOfParts_GivesTheSumOfAll() =>
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 15], Gen.ULong).Sample((first, second, seed) =>
        {
            var updates = Updates(first + second, seed);
            var left = SumOf(updates[..first]);
            var right = SumOf(updates[first..]);
            left.Add(right);
            AssertSame(SumOf(updates), left);
        });

    [Fact]
    public void AddUnits_ChunksOfAnySize_GiveWhatAddGives()
    {
        var whole = SumOf(Updates(5, 1));
        for (var chunk = 1; chunk <= Length; chunk++)
        {
            var chunked = SumOf(Updates(3, 2));
            var added = SumOf(Updates(3, 2));
            added.Add(whole);
            for (var offset = 0; offset < Length; offset += chunk)
            {
                chunked.AddUnits(offset, whole.Units[offset..Math.Min(Length, offset + chunk)]);
            }

            chunked.AddCounts(whole.WeightUnits, whole.Updates);
            AssertSame(added, chunked);
        }
    }

    [Fact]
    public void Mean_ManyUpdates_EqualsTheDecimalMeanWithinTheScalesResolution()
    {
        var updates = Updates(500, 3);
        var weight = updates.Sum(update => (decimal)update.Weight);
        // Every update is rounded by half a unit at most.
        var resolution = (0.5 * updates.Length / Scale.UnitsPerOne / (double)weight) + 1e-18;

        var mean = SumOf(updates).Mean();

        for (var i = 0; i < Length; i++)
        {
            var exact = updates.Sum(update => (decimal)update.Weight * (decimal)(double)(update.Local[i] - update.Start[i]));
            var naive = (double)(exact / weight);
            Assert.Equal(naive, mean[i], resolution + (Math.Abs(naive) * Math.ScaleB(1, -24)));
        }
    }

    [Fact]
    public void FoldDifference_AllLengthsFromZeroToSeventy_VectorsEqualScalarsBitForBit()
    {
        var random = Prf.Sequence(4, Purpose.Activity);
        for (var length = 0; length <= 70; length++)
        {
            var start = Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian()).ToArray();
            var local = start.Select(value => value + (float)Math.ScaleB(random.NextGaussian(), random.NextInt32(40) - 38)).ToArray();
            var (vectors, scalars) = (new FixedPointSum(length, Scale), new FixedPointSum(length, Scale));
            vectors.FoldDifference(0, local, start, 17.25);
            for (var i = 0; i < length; i++)
            {
                scalars.FoldDifference(i, local.AsSpan(i, 1), start.AsSpan(i, 1), 17.25);
            }

            Assert.Equal(scalars.Units.ToArray(), vectors.Units.ToArray());
        }
    }

    [Fact]
    public void FoldDifference_HalfUnits_RoundToEven()
    {
        // At 0 fraction bits a unit is one; 16 values take the vector path, one value the scalar path.
        foreach (var length in new[] { 1, 16 })
        {
            var sum = new FixedPointSum(length, new FixedPointScale(0));
            sum.FoldDifference(0, [.. Enumerable.Repeat(2.5f, length)], new float[length], 1);
            Assert.All(sum.Units.ToArray(), units => Assert.Equal(2, units));
            sum.FoldDifference(0, [.. Enumerable.Repeat(-3.5f, length)], new float[length], 1);
            Assert.All(sum.Units.ToArray(), units => Assert.Equal(-2, units));
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(10, 200, 1_000)]
    [InlineData(1e6, 1e6, 2_000)]
    [InlineData(1e-6, 0.5, 4_000)]
    [InlineData(1e25, 1, 100)]
    public void FoldDifference_EveryUpdateAtTheBounds_DoesNotOverflow(double clipNorm, double weightMax, int updatesMax)
    {
        foreach (var sign in new[] { 1f, -1f })
        {
            var sum = new FixedPointSum(9, FixedPointScale.FromBounds(clipNorm, weightMax, updatesMax));
            var local = Enumerable.Repeat(sign * (float)clipNorm, 9).ToArray();
            for (var i = 0; i < updatesMax; i++)
            {
                sum.FoldDifference(0, local, new float[9], weightMax);
            }

            var units = (double)(float)clipNorm * weightMax * updatesMax * sum.Scale.UnitsPerOne;
            Assert.All(sum.Units.ToArray(), actual => Assert.Equal(sign * units, actual, (units * 1e-12) + updatesMax));
        }
    }

    [Fact]
    public void FromBounds_Bounds_LeaveTheLargestSumBelowTwoToThe62()
    {
        // 10·200·1000 + 1000 lies between 2²⁰ and 2²¹: 62 − 21 bits. Small bounds stop at 48 bits.
        Assert.Equal(41, Scale.FractionBits);
        Assert.Equal(48, FixedPointScale.FromBounds(1e-3, 1, 1).FractionBits);
        Assert.True(FixedPointScale.FromBounds(1e30, 1, 1).FractionBits < 0);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(double.NaN, 1, 1)]
    [InlineData(1, double.PositiveInfinity, 1)]
    [InlineData(1, 1, 0)]
    public void FromBounds_BoundNotAboveZero_Throws(double clipNorm, double weightMax, long updatesMax) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FixedPointScale.FromBounds(clipNorm, weightMax, updatesMax));

    [Fact]
    public void Mean_EmptySum_Throws()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new FixedPointSum(3, Scale).Mean());

        Assert.Equal("A sum without weight has no mean: check that at least one update was folded.", error.Message);
    }

    [Fact]
    public void Add_OtherShapeOrScale_Throws()
    {
        var sum = new FixedPointSum(3, new FixedPointScale(20));

        var shape = Assert.Throws<ArgumentException>(() => sum.Add(new FixedPointSum(4, new FixedPointScale(20))));
        var scale = Assert.Throws<ArgumentException>(() => sum.Add(new FixedPointSum(3, new FixedPointScale(21))));

        Assert.StartsWith("A sum of 4 values at scale 20 cannot be added to one of 3 at 20.", shape.Message, StringComparison.Ordinal);
        Assert.StartsWith("A sum of 3 values at scale 21 cannot be added to one of 3 at 20.", scale.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clear_FullSum_ForgetsEverything()
    {
        var sum = SumOf(Updates(3, 1));

        sum.Clear();

        AssertSame(new FixedPointSum(Length, Scale), sum);
    }

    private static Update[] Updates(int count, ulong seed)
    {
        var random = Prf.Sequence(seed, Purpose.Activity, 7);
        return [.. Enumerable.Range(0, count).Select(_ => new Update(
            1 + random.NextInt32(200),
            [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextGaussian())],
            [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextGaussian())]))];
    }

    private static FixedPointSum SumOf(Update[] updates)
    {
        var sum = new FixedPointSum(Length, Scale);
        foreach (var update in updates)
        {
            sum.Count(update.Weight);
            sum.FoldDifference(0, update.Local, update.Start, update.Weight);
        }

        return sum;
    }

    private static void AssertSame(FixedPointSum expected, FixedPointSum actual)
    {
        Assert.Equal(expected.Units.ToArray(), actual.Units.ToArray());
        Assert.Equal((expected.WeightUnits, expected.Updates), (actual.WeightUnits, actual.Updates));
    }

    private sealed record Update(double Weight, float[] Local, float[] Start);
}
