using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Randomness;

public sealed class PrfSequenceTests
{
    [Fact]
    public void NextUInt64_PublishedSeed_GivesSplitMix64()
    {
        var random = new PrfSequence(1234567);

        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];

        Assert.All(published, value => Assert.Equal(value, random.NextUInt64()));
    }

    [Fact]
    public void NextUInt64_Copy_ContinuesOnItsOwn()
    {
        var random = Prf.Sequence(1, Purpose.ExampleText, 2, 3);
        var copy = random;

        ulong[] first = [random.NextUInt64(), random.NextUInt64()];
        ulong[] second = [copy.NextUInt64(), copy.NextUInt64()];

        Assert.Equal(first, second);
        Assert.NotEqual(first[0], first[1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void NextInt32_Bound_IsUniformBelowIt(int bound)
    {
        var random = Prf.Sequence(1, Purpose.Activity, (ulong)bound);
        var counts = new int[bound];
        for (var i = 0; i < bound * 1_000; i++)
        {
            counts[random.NextInt32(bound)]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Fact]
    public void NextUInt64_BoundOfThreeQuarters_HasNoModuloBias()
    {
        // A remainder by 3·2⁶² would fall into the first third half of the time.
        var random = Prf.Sequence(1, Purpose.Activity);
        var counts = new int[3];
        for (var i = 0; i < 30_000; i++)
        {
            counts[random.NextUInt64(3UL << 62) >> 62]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NextInt32_BoundBelowOne_Throws(int bound)
    {
        var random = Prf.Sequence(1, Purpose.Activity);

        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt32(bound));
    }

    [Fact]
    public void NextDouble_ManyValues_AreUniformBelowOne()
    {
        var random = Prf.Sequence(1, Purpose.Activity);
        var counts = new int[100];
        for (var i = 0; i < 100_000; i++)
        {
            var value = random.NextDouble();
            Assert.True(value is >= 0 and < 1);
            counts[(int)(value * 100)]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Fact]
    public void NextGaussian_ManyValues_HaveMeanZeroAndVarianceOne()
    {
        const int count = 100_000;
        var random = Prf.Sequence(1, Purpose.Activity);
        var values = Enumerable.Range(0, count).Select(_ => random.NextGaussian()).ToArray();

        var fourErrors = 4 / Math.Sqrt(count);
        Assert.InRange(values.Average(), -fourErrors, fourErrors);
        Assert.InRange(values.Average(x => x * x), 1 - (Math.Sqrt(2) * fourErrors), 1 + (Math.Sqrt(2) * fourErrors));
        // The fourth moment is 3, its variance 105 − 9.
        Assert.InRange(values.Average(x => x * x * x * x), 3 - (Math.Sqrt(96) * fourErrors), 3 + (Math.Sqrt(96) * fourErrors));
    }

    [Fact]
    public void Shuffle_FourItems_GivesAllOrdersEquallyOften()
    {
        var random = Prf.Sequence(1, Purpose.LocalSchedule);
        var counts = new Dictionary<string, int>();
        for (var i = 0; i < 24_000; i++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            random.Shuffle<char>(items);
            var order = new string(items);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, counts.Count);
        Assert.All(counts.Keys, order => Assert.Equal("abcd", string.Concat(order.Order())));
        Statistics.AssertUniform([.. counts.Values]);
    }

    [Fact]
    public void Shuffle_NothingOrOneItem_LeavesItAlone()
    {
        var random = Prf.Sequence(1, Purpose.LocalSchedule);
        int[] one = [7];

        random.Shuffle<int>([]);
        random.Shuffle<int>(one);

        Assert.Equal([7], one);
    }
}
