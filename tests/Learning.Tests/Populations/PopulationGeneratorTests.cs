using CsCheck;
using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class PopulationGeneratorTests
{
    private static readonly Gen<GeneratedPopulation> Populations =
        from seed in Gen.ULong
        from devices in Gen.Long[1, 2000]
        from exponent in Gen.Double[0, 2]
        from mean in Gen.Double[0.1, 20]
        from concentration in Gen.Double[0.01, 100]
        from drift in Gen.Double[0, 1]
        from periods in Gen.Int[1, 30]
        select new GeneratedPopulation
        {
            Seed = seed, Devices = devices, ZipfExponent = exponent, ExamplesMean = mean, ExamplesMax = 200,
            LabelConcentration = concentration, Drift = drift, Periods = periods,
        };

    [Fact]
    public void ExamplesOf_AnyDeviceAndPeriod_KeepsItsPromises() =>
        Gen.Select(Populations, Gen.Long[0, 1999], Gen.Int[0, 29]).Sample((population, device, period) =>
        {
            (device, period) = (device % population.Devices, period % population.Periods);
            var generator = new PopulationGenerator(population);

            var examples = generator.ExamplesOf(device, period);

            Assert.Equal(generator.ActivityOf(device, period), examples.Length);
            Assert.InRange(examples.Length, 0, population.ExamplesMax);
            Assert.Equal(Enumerable.Range(0, examples.Length), examples.Select(e => e.Row));
            Assert.Equal(examples.Select(e => e.Time).Order(), examples.Select(e => e.Time));
            Assert.All(examples, e =>
            {
                Assert.Equal(generator.Labels[e.LabelIndex], e.Label);
                Assert.True(e.Time >= population.StartOf(period) && e.Time < population.StartOf(period + 1));
            });
        }, iter: 300);

    [Fact]
    public void ExamplesOf_AskedAgainInAnotherOrderOfAnotherGenerator_SaysTheSame() =>
        Populations.Sample(
            population =>
            {
                var (one, two) = (new PopulationGenerator(population), new PopulationGenerator(population with { }));
                var keys = Enumerable.Range(0, 12)
                    .Select(i => (Device: i * 31 % population.Devices, Period: i % population.Periods)).ToArray();

                var forward = keys.Select(k => one.ExamplesOf(k.Device, k.Period)).ToArray();
                var backward = keys.Reverse().Select(k => two.ExamplesOf(k.Device, k.Period)).Reverse().ToArray();

                Assert.Equal(forward, backward);
            },
            iter: 30);

    [Fact]
    public void ExamplesOf_APopulationWithMorePeriods_SaysTheSameInEarlierOnes()
    {
        var small = new PopulationGenerator(new GeneratedPopulation { Periods = 2, Drift = 0.5 });
        var large = new PopulationGenerator(new GeneratedPopulation { Periods = 50, Drift = 0.5 });

        Assert.Equal(small.ExamplesOf(3, 1), large.ExamplesOf(3, 1));
    }

    [Fact]
    public void ExamplesOf_AllTexts_AreCleanWordsWithSingleSpaces()
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { Devices = 2000, Drift = 1, Periods = 20 });

        var texts = Enumerable.Range(0, 2000).SelectMany(d => generator.ExamplesOf(d, d % 20)).Select(e => e.Text).ToArray();

        Assert.All(texts, text => Assert.Matches("^[a-z']+( [a-z']+)*$", text));
        Assert.InRange(texts.Max(t => t.Length), 20, 160);
    }

    [Fact]
    public void ExamplesOf_AnotherSeed_SaysSomethingElse()
    {
        var one = new PopulationGenerator(new GeneratedPopulation { Seed = 1, ZipfExponent = 0 });
        var two = new PopulationGenerator(new GeneratedPopulation { Seed = 2, ZipfExponent = 0 });

        var same = Enumerable.Range(0, 100)
            .Sum(d => one.ExamplesOf(d, 0).Zip(two.ExamplesOf(d, 0)).Count(pair => pair.First.Text == pair.Second.Text));

        // Of 1300 pairs a few short sentences may agree.
        Assert.InRange(same, 0, 13);
    }

    [Fact]
    public void FillCounts_AnyDevices_EqualsActivityOfEach() =>
        Gen.Select(Populations, Gen.Long[0, long.MaxValue].Array[0, 60]).Sample(
            (population, wishes) =>
            {
                var generator = new PopulationGenerator(population);
                var devices = Array.ConvertAll(wishes, wish => wish % population.Devices);
                var counts = new int[devices.Length + 1];
                counts[^1] = -7;

                generator.FillCounts(devices, population.Periods - 1, counts);

                Assert.Equal(devices.Select(d => generator.ActivityOf(d, population.Periods - 1)).Append(-7), counts);
            },
            iter: 200);

    [Fact]
    public void ActivityOf_AllDevices_FollowsZipf()
    {
        // 1/1 + … + 1/1000 = 7.48547; a mean of 7.48547 gives the heaviest device 1000, the tenth 100, the hundredth 10.
        var generator = new PopulationGenerator(new GeneratedPopulation { Devices = 1000, ExamplesMean = 7.48547, ExamplesMax = 2000 });

        var counts = Enumerable.Range(0, 1000).Select(d => generator.ActivityOf(d, 0)).OrderDescending().ToArray();

        Assert.InRange(counts[0], 999, 1001);
        Assert.InRange(counts[9], 99, 101);
        Assert.InRange(counts[99], 9, 11);
        // Rounding by chance adds at most a variance of 1/4 a device.
        Assert.InRange(counts.Sum(), 7485 - (4 * Math.Sqrt(250)), 7485 + (4 * Math.Sqrt(250)));
    }

    [Fact]
    public void ActivityOf_ExponentZero_IsTheSameForAll()
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { ZipfExponent = 0, ExamplesMean = 13, Periods = 3 });

        Assert.All(Enumerable.Range(0, 1000), d => Assert.Equal(13, generator.ActivityOf(d, d % 3)));
    }

    [Fact]
    public void ActivityOf_ExpectedBelowOne_HasSomethingInThatShareOfThePeriods()
    {
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 1, ZipfExponent = 0, ExamplesMean = 0.3, Periods = 10_000 });

        var active = Enumerable.Range(0, 10_000).Sum(p => generator.ActivityOf(0, p));

        var error = Math.Sqrt(10_000 * 0.3 * 0.7);
        Assert.InRange(active, 3000 - (4 * error), 3000 + (4 * error));
    }

    [Fact]
    public void ExamplesOf_Times_AreUniformInThePeriod()
    {
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 2000, ZipfExponent = 0, ExamplesMean = 10, Periods = 4 });
        var start = GeneratedPopulation.DefaultEpoch.AddDays(3);

        var places = Enumerable.Range(0, 2000).SelectMany(d => generator.ExamplesOf(d, 3))
            .Select(e => (e.Time - start).TotalDays).ToArray();

        var error = Math.Sqrt(1.0 / 12 / places.Length);
        Assert.InRange(places.Average(), 0.5 - (4 * error), 0.5 + (4 * error));
        // Var of (x − ½)² is 1/80 − 1/144 = 1/180.
        var squareError = Math.Sqrt(1.0 / 180 / places.Length);
        Assert.InRange(places.Average(x => (x - 0.5) * (x - 0.5)) - (1.0 / 12), -4 * squareError, 4 * squareError);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(1000, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1)]
    public void ActivityOf_NoSuchDeviceOrPeriod_IsRefused(long device, int period)
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { Devices = 1000, Periods = 1 });

        Assert.Throws<ArgumentOutOfRangeException>(() => generator.ActivityOf(device, period));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.ExamplesOf(device, period));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.FillCounts([device], period, new int[1]));
    }
}
