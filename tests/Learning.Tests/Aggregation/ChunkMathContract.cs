using CsCheck;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Learning.Tests.Aggregation;

/// <summary>What every <see cref="IChunkMath"/> computes, to the last bit.</summary>
public abstract class ChunkMathContract
{
    /// <summary>What is judged.</summary>
    protected abstract IChunkMath Math { get; }

    [Fact]
    public void TrimmedMean_FiveInputs_LeavesOutTheLargestAndTheSmallestOfEachParameter()
    {
        float[] values =
        [
            1, -8, 5,
            2, 7, 5,
            1000, 1, 5,
            3, 3, 5,
            -4, 2, 5,
        ];

        Assert.Equal([200.4f, 1, 5], TrimmedMean(values, 5, 0));
        Assert.Equal([2, 2, 5], TrimmedMean(values, 5, 1));
        Assert.Equal([2, 2, 5], TrimmedMean(values, 5, 2));
    }

    [Fact]
    public void TrimmedMean_MiddleTwoOfFour_AreAveraged() =>
        Assert.Equal([2.5f, -1], TrimmedMean([9, -1, 2, -1, 3, -1, -7, -1], inputs: 4, trimmed: 1));

    [Fact]
    public void TrimmedMean_AnyInputs_IsTheDefinition() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 150], Gen.ULong).Sample((inputs, columns, seed) =>
        {
            var rows = RuleRuns.Inputs(inputs, columns, seed);
            var trimmed = (int)(seed % (ulong)((inputs + 1) / 2));
            var expected = Enumerable.Range(0, columns).Select(column =>
            {
                var kept = rows.Select(row => row[column]).Order().Skip(trimmed).SkipLast(trimmed).ToArray();
                return (float)(kept.Aggregate(0.0, (sum, value) => sum + value) * (1.0 / kept.Length));
            });

            Assert.Equal(expected, TrimmedMean([.. rows.SelectMany(row => row)], inputs, trimmed));
        }, iter: 200);

    [Fact]
    public void TrimmedMean_NegativeZeros_CountAsZero()
    {
        var result = TrimmedMean([-0f, 0f, -0f, -0f, -0f, 0f], inputs: 3, trimmed: 1);

        Assert.All(result, value => Assert.False(float.IsNegative(value)));
    }

    [Fact]
    public void Combine_ThreeInputs_AddsTheirMultiples() =>
        Assert.Equal([1.5f, -2], Combine([1, 2, 5, 8, 1, -3], [0.5, 0, 1], inputs: 3));

    [Fact]
    public void Combine_AnyInputs_IsTheSumInTheirOrder() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 150], Gen.ULong).Sample((inputs, columns, seed) =>
        {
            var rows = RuleRuns.Inputs(inputs, columns, seed);
            double[] coefficients = [.. RuleRuns.Inputs(1, inputs, seed + 1)[0].Select((value, i) => i % 3 == 2 ? 0 : value / 3.0)];
            var expected = Enumerable.Range(0, columns)
                .Select(column => (float)rows.Select((row, i) => row[column] * coefficients[i]).Aggregate(0.0, (sum, value) => sum + value) + 0f);

            Assert.Equal(expected, Combine([.. rows.SelectMany(row => row)], coefficients, inputs));
        }, iter: 200);

    [Fact]
    public void AddSquaredNorms_TwoInputs_AddsToWhatIsThere()
    {
        double[] norms = [100, 0];

        Math.AddSquaredNorms(new InputChunk([3, 4, 0, -2], 2), norms);

        Assert.Equal([125, 4], norms);
    }

    [Fact]
    public void AddSquaredDistances_ThreeInputs_FillsBothSidesOfTheDiagonal()
    {
        var distances = new double[9];

        Math.AddSquaredDistances(new InputChunk([0, 0, 3, 4, 0, 1], 3), distances);

        Assert.Equal([0, 25, 1, 25, 0, 18, 1, 18, 0], distances);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(2500)]
    public void AddSquared_AnyLength_AddsByHalvesBlockByBlock(int columns)
    {
        var rows = RuleRuns.Inputs(5, columns, (ulong)columns);
        var (norms, distances) = (new double[5], new double[25]);

        Math.AddSquaredNorms(new InputChunk([.. rows.SelectMany(row => row)], 5), norms);
        Math.AddSquaredDistances(new InputChunk([.. rows.SelectMany(row => row)], 5), distances);

        Assert.Equal(rows.Select(row => ByHalves(row, new float[columns])), norms);
        Assert.Equal(rows.SelectMany(left => rows.Select(right => ByHalves(left, right))), distances);
        Assert.All(rows.Zip(norms), pair => Assert.Equal(1, pair.Second / RuleRuns.SquaredNorm(pair.First), 1e-12));
    }

    [Fact]
    public void Scale_UnitsOfASum_AreItsMean()
    {
        var sum = new FixedPointSum(2000, FixedPointScale.FromBounds(clipNorm: 10, weightMax: 3, updatesMax: 10));
        sum.FoldDifference(0, RuleRuns.Inputs(1, 2000, 5)[0].Select(value => float.Clamp(value, -10, 10)).ToArray(), new float[2000], 3);
        sum.Count(3);
        var result = new float[2000];

        Math.Scale(sum.Units, [1 / (sum.Scale.UnitsPerOne * sum.Weight)], result);

        Assert.Equal(sum.Mean(), result);
    }

    [Fact]
    public void Scale_TwoSums_HaveAFactorEach()
    {
        var result = new float[4];

        Math.Scale([1, -2, 3, 0], [0.5, -2], result);

        Assert.Equal([0.5f, -1, -6, 0], result);
        Assert.False(float.IsNegative(result[3]));
    }

    [Fact]
    public void Scale_LargestUnits_RoundToEven()
    {
        var result = new float[3];

        Math.Scale([long.MaxValue, (1L << 53) + 1, -(1L << 24) - 1], [1], result);

        Assert.Equal([9.223372E+18f, 9.007199E+15f, -16777216], result);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void TrimmedMean_NothingLeft_Throws(int trimmed)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TrimmedMean([1, 2, 3, 4], inputs: 4, trimmed));

        Assert.StartsWith("From 4 inputs, 0 to 1 can be left out at either end.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOperation_ResultOfAnotherLength_Throws()
    {
        float[] values = [1, 2, 3, 4];
        Action[] calls =
        [
            () => Math.Scale([1, 2], [1], new float[1]),
            () => Math.TrimmedMean(new InputChunk(values, 2), 0, new float[3]),
            () => Math.Combine(new InputChunk(values, 2), [1, 1], new float[3]),
            () => Math.Combine(new InputChunk(values, 2), [1], new float[2]),
            () => Math.AddSquaredNorms(new InputChunk(values, 2), new double[3]),
            () => Math.AddSquaredDistances(new InputChunk(values, 2), new double[2]),
        ];

        Assert.All(calls, call => Assert.EndsWith("is it of the same chunk?", Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal));
    }

    private static double ByHalves(float[] left, float[] right) => left.Zip(right).Chunk(1024)
        .Select(block => Half([.. Enumerable.Range(0, 1024).Select(i => i < block.Length ? (double)block[i].First - block[i].Second : 0).Select(x => x * x)]))
        .Aggregate(0.0, (sum, block) => sum + block);

    private static double Half(double[] values) => values.Length == 1
        ? values[0]
        : Half([.. values[..(values.Length / 2)].Zip(values[(values.Length / 2)..], (low, high) => low + high)]);

    private float[] TrimmedMean(float[] values, int inputs, int trimmed)
    {
        var result = new float[values.Length / inputs];
        Math.TrimmedMean(new InputChunk(values, inputs), trimmed, result);
        return result;
    }

    private float[] Combine(float[] values, double[] coefficients, int inputs)
    {
        var result = new float[values.Length / inputs];
        Math.Combine(new InputChunk(values, inputs), coefficients, result);
        return result;
    }
}
