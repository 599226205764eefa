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
                (generator.ActivityOf(device, 0), 0), generator.CountRetained(device, RetentionPolicy.KeepAll, GeneratedPopulation.DefaultEpoch, 1));
        }));
    }

    [Fact]
    public void CountRetained_AnyPolicyAndPeriods_CountsWhatADeviceWouldHold() =>
        Gen.Select(Populations, Splits, Gen.Int[0, 49], Policies, Gen.Double[-0.5, 1.5]).Sample((population, split, device, policy, place) =>
        {
            var generator = new PopulationGenerator(population, split);
            var asOf = population.Epoch + (place * population.Periods * population.PeriodLength);
            for (var periods = 0; periods <= population.Periods; periods++)
            {
                var examples = Enumerable.Range(0, periods)
                    .SelectMany(period => generator.ExamplesOf(device, period).Select(example => (Period: period, Said: example))).ToArray();
                var facts = Array.ConvertAll(examples, each => new ExampleFacts(
                    PopulationGenerator.IdOf(each.Period, each.Said.Row), each.Said.Time, each.Period,
                    ExampleFacts.BytesOf(each.Said.Text, each.Said.Label)));

                var kept = policy.Kept(facts, new RetentionMoment(asOf, periods - 1), population.Seed, DevicePosition.OfIndex((ulong)device));

                var heldOut = kept.Count(index => examples[index].Said.IsHeldOut);
                Assert.Equal((kept.Length - heldOut, heldOut), generator.CountRetained(device, policy, asOf, periods));
            }
        }, iter: 300);

    [Fact]
    public void CountRetained_ByCountOverPeriods_KeepsTheNewest()
    {
        // Three examples in each of four periods; five stay: all of the last period and the last two of the one before.
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 20, ZipfExponent = 0, ExamplesMean = 3, Periods = 4 }, new HeldOutSplit(2, 0.5));
        var policy = new RetentionPolicy { ExamplesMax = 5 };
        (int Period, int Row)[] kept = [(2, 1), (2, 2), (3, 0), (3, 1), (3, 2)];

        Assert.All(Enumerable.Range(0, 20), device =>
        {
            var heldOut = kept.Count(at => generator.IsHeldOut(device, at.Period, at.Row));
            Assert.Equal((5 - heldOut, heldOut), generator.CountRetained(device, policy, generator.Population.StartOf(4), 4));
        });
    }

    [Fact]
    public void CountRetained_ByAge_KeepsWhatIsYounger()
    {
        // Three examples a day; at the end of day 4 those of the last two days are younger than two days.
        var generator = new PopulationGenerator(new GeneratedPopulation { Devices = 20, ZipfExponent = 0, ExamplesMean = 3, Periods = 4 });
        var policy = new RetentionPolicy { AgeMax = TimeSpan.FromDays(2) };

        Assert.All(Enumerable.Range(0, 20), device =>
        {
            Assert.Equal((6, 0), generator.CountRetained(device, policy, generator.Population.StartOf(4), 4));
            Assert.Equal((0, 0), generator.CountRetained(device, policy, generator.Population.StartOf(6), 4));
        });
    }

    [Fact]
    public void CountRetained_PolicyWithMistakes_IsRefused() => Assert.All(
        new[] { new RetentionPolicy { ExamplesMax = 0 }, new RetentionPolicy { AgeMax = TimeSpan.Zero } },
        policy => Assert.Throws<InvalidOperationException>(() =>
            new PopulationGenerator(new GeneratedPopulation()).CountRetained(0, policy, GeneratedPopulation.DefaultEpoch, 1)));

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void CountRetained_MorePeriodsThanThereAre_SaysHowMany(int periods)
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { Periods = 2 });

        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            generator.CountRetained(0, RetentionPolicy.KeepAll, GeneratedPopulation.DefaultEpoch, periods));

        Assert.StartsWith("Choose from 0 to 2 periods.", error.Message, StringComparison.Ordinal);
    }

    private static Gen<RetentionPolicy> Policies =>
        from count in Gen.Int[1, 40].Nullable()
        from days in Gen.Double[0.01, 6].Nullable()
        from bytes in Gen.Long[1, 1500].Nullable()
        from periods in Gen.Int[1, 4].Nullable()
        from reservoir in Gen.Bool
        select new RetentionPolicy
        {
            ExamplesMax = count,
            AgeMax = days is { } d ? TimeSpan.FromDays(d) : null,
            BytesMax = bytes,
            PeriodsMax = periods,
            Overflow = reservoir && count is not null ? OverflowRule.Reservoir : OverflowRule.OldestFirst,
        };
}
