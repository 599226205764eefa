using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class HeldOutExamplesTests
{
    private static readonly Gen<GeneratedPopulation> Populations =
        from seed in Gen.ULong
        from exponent in Gen.Double[0, 1.5]
        from mean in Gen.Double[0.2, 12]
        from concentration in Gen.Double[0.01, 20]
        from periods in Gen.Int[1, 6]
        select new GeneratedPopulation
        {
            Seed = seed, Devices = 50, ZipfExponent = exponent, ExamplesMean = mean, ExamplesMax = 100,
            LabelConcentration = concentration, Drift = 0.5, Periods = periods,
        };

    private static readonly Gen<HeldOutSplit> Splits = Gen.Select(Gen.ULong, Gen.Double[0.05, 0.9], (salt, fraction) => new HeldOutSplit(salt, fraction));

    [Fact]
    public void ExamplesOf_ASplit_MarksEveryTextAsTheSplitDoes() =>
        Gen.Select(Populations, Splits, Gen.Int[0, 49]).Sample((population, split, device) =>
        {
            var generator = new PopulationGenerator(population, split);
            for (var period = 0; period < population.Periods; period++)
            {
                foreach (var example in generator.ExamplesOf(device, period))
                {
                    Assert.Equal(split.IsHeldOut(example.Text), example.IsHeldOut);
                    Assert.Equal(generator.IsHeldOut(device, period, example.Row), example.IsHeldOut);
                }
            }
        }, iter: 200);

    [Fact]
    public void ExamplesOf_ASplit_KeepsCountsAndTimes() =>
        Gen.Select(Populations, Splits, Gen.Int[0, 49]).Sample((population, split, device) =>
        {
            var (with, without) = (new PopulationGenerator(population, split), new PopulationGenerator(population));

            Assert.Equal(without.ExamplesOf(device, 0).Select(e => (e.Row, e.Time)), with.ExamplesOf(device, 0).Select(e => (e.Row, e.Time)));
        }, iter: 200);

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.9)]
    public void ExamplesOf_ManyDevicesOfOneIntentEach_HoldOutTheFraction(double fraction)
    {
        // The concentration gives a device a single intent, so few texts: those of the rarer side must still be found.
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 1500, ZipfExponent = 0, ExamplesMean = 10, LabelConcentration = 0.001 },
            new HeldOutSplit(salt: 6, fraction));

        var heldOut = Enumerable.Range(0, 1500).Sum(device => generator.ExamplesOf(device, 0).Count(example => example.IsHeldOut));

        var error = 4 * Math.Sqrt(15_000 * fraction * (1 - fraction));
        Assert.InRange(heldOut, (15_000 * fraction) - error, (15_000 * fraction) + error);
    }

    [Fact]
    public void ExamplesOf_NoSplitOrAFractionOfZero_HoldsOutNothing()
    {
        var population = new GeneratedPopulation { Devices = 100 };
        PopulationGenerator[] generators = [new(population), new(population, new HeldOutSplit(salt: 9, fraction: 0))];

        Assert.All(generators, generator => Assert.All(Enumerable.Range(0, 100), device =>
        {
            Assert.DoesNotContain(generator.ExamplesOf(device, 0), example => example.IsHeldOut);
            Assert.Equal(
                (generator.ActivityOf(device, 0), 0), generator.SplitOf(device, 0));
        }));
    }

    [Fact]
    public void SplitOf_AnyPopulation_CountsTheExamplesThatAreMade() =>
        Gen.Select(Populations, Splits, Gen.Int[0, 49]).Sample((population, split, device) =>
        {
            var generator = new PopulationGenerator(population, split);
            for (var period = 0; period < population.Periods; period++)
            {
                var examples = generator.ExamplesOf(device, period);
                Assert.Equal((examples.Count(example => !example.IsHeldOut), examples.Count(example => example.IsHeldOut)), generator.SplitOf(device, period));
                foreach (var withBytes in new[] { false, true })
                {
                    Assert.Equal(
                        examples.Where(example => !example.IsHeldOut).Select(example => new ExampleFacts(
                            PopulationGenerator.IdOf(period, example.Row), example.Time, period, withBytes ? ExampleFacts.BytesOf(example.Text, example.Label) : 0)),
                        generator.FactsOf(device, period, withBytes));
                }
            }
        }, iter: 500);
}
