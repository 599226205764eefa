using CsCheck;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Tests.Selection;

namespace Sheaf.Learning.Tests.Evaluation;

public sealed class HajekSumsTests
{
    private const int Repeats = 200;

    private static readonly Gen<(double Inclusion, int Examples, double Value)[]> Reports =
        Gen.Select(Gen.Double[0.001, 1], Gen.Int[0, 2000], Gen.Double[0, 1], (inclusion, n, share) => (inclusion, n, n * share)).Array[1, 50];

    [Theory]
    [InlineData(1.0, 20)]
    [InlineData(1.0, 100)]
    [InlineData(0.5, 50)]
    public void Estimate_SampledFromAHeavyTail_IsWithinThreeStandardErrorsOfThePooled(double beta, int cohort)
    {
        // Activity of rank r is 1000/r. The more active are recognised better, so that a plain mean of the sample would be off.
        var population = SelectionPopulation.Zipf(2_000);
        var random = Prf.Sequence(5, Purpose.LabelSkew);
        var (correct, loss) = (new double[2_000], new double[2_000]);
        for (var i = 0; i < correct.Length; i++)
        {
            var chance = 0.3 + (0.4 * population.Activities[i] / (50.0 + population.Activities[i])) + (0.3 * random.NextDouble());
            correct[i] = Math.Round(chance * population.Activities[i]);
            loss[i] = population.Activities[i] * -Math.Log(chance) * (0.5 + random.NextDouble());
        }

        foreach (var values in new[] { correct, loss })
        {
            var pooled = values.Sum() / population.Activities.Sum(n => (double)n);
            var spec = new SelectionSpec { Weights = new PowerWeights(beta), Cohort = cohort };
            var shards = population.Cut(1, spec.Weights);
            var plan = CohortSampler.Plan(shards, spec);
            var estimates = Enumerable.Range(1, Repeats).Select(round => CohortSampler
                .Draw(shards, plan, 7, round, SelectionPurposes.Evaluation)
                .Aggregate(default(HajekSums), (sums, each) => sums + HajekSums.Of(each.Inclusion, population.Activities[each.Index], values[each.Index])))
                .Select(sums => (Value: sums.Estimate!.Value, Error: sums.StandardError!.Value)).ToArray();

            Assert.InRange(estimates.Count(each => Math.Abs(each.Value - pooled) <= 3 * each.Error), Repeats * 95 / 100, Repeats);
            // The errors claimed must be those that are seen: a variance far too large would pass the line above as well.
            var seen = Math.Sqrt(estimates.Average(each => (each.Value - pooled) * (each.Value - pooled)));
            Assert.InRange(Math.Sqrt(estimates.Average(each => each.Error * each.Error)) / seen, 0.6, 1.7);
        }
    }

    [Fact]
    public void Estimate_AllReport_IsThePooledMeanToTheLastBit() =>
        Gen.Select(Gen.Int[1, 2000], Gen.Int[0, 2000]).Array[1, 60].Sample(reports =>
        {
            var sums = Sum(reports.Select(each => (1.0, each.Item1, (double)Math.Min(each.Item1, each.Item2))));

            Assert.Equal((double)reports.Sum(each => (long)Math.Min(each.Item1, each.Item2)) / reports.Sum(each => (long)each.Item1), sums.Estimate);
            Assert.Equal(0, sums.StandardError);
        });

    [Fact]
    public void Add_AnyOrderAndGrouping_IsTheSameToTheLastBit() => Gen.Select(Reports, Gen.ULong, Gen.Int[1, 9]).Sample((reports, seed, size) =>
    {
        var shuffled = reports.ToArray();
        new PrfSequence(seed).Shuffle<(double, int, double)>(shuffled);

        var grouped = shuffled.Chunk(size).Select(Sum).Aggregate(default(HajekSums), HajekSums.Add);

        Assert.Equal(Sum(reports), grouped);
    });

    [Fact]
    public void EstimateAndStandardError_AnyReports_AreTheFormulas() => Reports.Sample(reports =>
    {
        reports = [.. reports, (0.5, 10, 5.0), (0.25, 4, 1.0)];
        var sums = Sum(reports);

        var examples = reports.Sum(each => each.Examples / each.Inclusion);
        var ratio = reports.Sum(each => each.Value / each.Inclusion) / examples;
        Assert.Equal(ratio, sums.Estimate!.Value, 1e-5);
        var residuals = reports.Select(each => (Chance: 1 - each.Inclusion, Value: (each.Value - (ratio * each.Examples)) / each.Inclusion)).ToArray();
        var mean = residuals.Sum(each => each.Chance * each.Value) / residuals.Sum(each => each.Chance);
        var variance = reports.Length / (reports.Length - 1.0) * residuals.Sum(each => each.Chance * (each.Value - mean) * (each.Value - mean));
        var expected = Math.Sqrt(variance) / examples;
        Assert.InRange(sums.StandardError!.Value, (expected * 0.999) - 1e-6, (expected * 1.001) + 1e-6);
    });

    [Fact]
    public void StandardError_OneDeviceThatWasNotCertain_IsUnknown()
    {
        Assert.Null(HajekSums.Of(0.5, 10, 4).StandardError);
        Assert.Equal(0.4, HajekSums.Of(0.5, 10, 4).Estimate!.Value, 1e-12);
        Assert.Null(HajekSums.Of(0.5, 0, 0).Estimate);
        Assert.Null(default(HajekSums).Estimate);
        Assert.Null(default(HajekSums).StandardError);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1.1, 1, 1)]
    [InlineData(double.NaN, 1, 1)]
    [InlineData(0.5, -1, 1)]
    [InlineData(0.5, 1, double.NaN)]
    [InlineData(0.5, 1, double.PositiveInfinity)]
    public void Of_ValuesOutOfRange_AreRefused(double inclusion, int examples, double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HajekSums.Of(inclusion, examples, value));

    private static HajekSums Sum(IEnumerable<(double Inclusion, int Examples, double Value)> reports) =>
        reports.Aggregate(default(HajekSums), (sums, each) => sums + HajekSums.Of(each.Inclusion, each.Examples, each.Value));
}
