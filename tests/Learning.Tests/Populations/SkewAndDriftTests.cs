using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class SkewAndDriftTests
{
    [Fact]
    public void LabelConcentration_Rising_RaisesTheMeanEntropyOfADevice()
    {
        double[] entropies = [.. new[] { 0.1, 1, 10, 100, 1000 }.Select(MeanEntropy)];

        for (var i = 1; i < entropies.Length; i++)
        {
            Assert.True(entropies[i] > entropies[i - 1] + 0.1, string.Join(", ", entropies));
        }
    }

    [Fact]
    public void LabelConcentration_AnyValue_LeavesThePopulationsMixAtThePrior()
    {
        // With Dirichlet(α·prior) a device's mix has the prior as its mean, and variance p(1−p)/(α+1) a label.
        const int devices = 20_000;
        var prior = Cumulative(new IntentMix(seed: 4, intents: 5, concentration: 1e6), 0);
        var mix = new IntentMix(seed: 4, intents: 5, concentration: 2);
        var means = new double[5];
        for (var device = 0; device < devices; device++)
        {
            var own = Cumulative(mix, device);
            for (var label = 0; label < 5; label++)
            {
                means[label] += own[label] / devices;
            }
        }

        // Running sums up to a label are Beta distributed, with the same formula; α = 10⁶ is within 0.002 of the prior.
        for (var label = 0; label < 4; label++)
        {
            var error = Math.Sqrt(prior[label] * (1 - prior[label]) / 3 / devices);
            Assert.InRange(means[label] - prior[label], -(4 * error) - 0.002, (4 * error) + 0.002);
        }
    }

    [Fact]
    public void Prior_IsMildlyUneven()
    {
        var prior = new double[40];
        new IntentMix(seed: 1, intents: 40, concentration: 10).FillPrior(new Season(0, 0), prior);

        Assert.Equal(1, prior.Sum(), precision: 12);
        Assert.InRange(prior.Max() / prior.Min(), 3, Math.Exp(1.6));
    }

    [Fact]
    public void Drift_None_LeavesWordsAlikeInAllPeriods()
    {
        var (near, far) = (WordDistance(drift: 0, 0, 1), WordDistance(drift: 0, 0, 10));

        // Two samples of one distribution differ by chance alone, the same in the next period and in ten.
        Assert.InRange(far / near, 0.9, 1.1);
        Assert.InRange(far, 0, 0.1);
    }

    [Fact]
    public void Drift_Full_MovesWordsAndLabelsAwayStepByStep()
    {
        var still = WordDistance(drift: 0, 0, 10);
        double[] words = [.. new[] { 1, 4, 10 }.Select(period => WordDistance(drift: 1, 0, period))];
        double[] labels = [.. new[] { 1, 4, 10 }.Select(period => LabelDistance(drift: 1, 0, period))];

        Assert.True(words[0] > still && words[1] > words[0] && words[2] > words[1], $"{still}: {string.Join(", ", words)}");
        Assert.True(words[2] > 3 * still, $"{still}: {words[2]}");
        Assert.True(labels[1] > labels[0] && labels[2] > labels[1], string.Join(", ", labels));
    }

    [Fact]
    public void Drift_Half_TakesTwiceAsLong()
    {
        var half = new PopulationGenerator(new GeneratedPopulation { Drift = 0.5, Periods = 11, ZipfExponent = 0 });
        var full = new PopulationGenerator(new GeneratedPopulation { Drift = 1, Periods = 11, ZipfExponent = 0 });

        var distance = Distance(Words(half, 10), Words(full, 5));

        Assert.InRange(distance, 0, 0.1);
    }

    [Fact]
    public void Favourites_OfADevice_ShowInItsWords()
    {
        // A device that asks for the weather names few cities: fewer than as many sentences of different devices.
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 400, ZipfExponent = 0, ExamplesMean = 300, LabelConcentration = 1000 });
        string[] Sentences(int device) => [.. generator.ExamplesOf(device, 0).Where(e => e.Label == "weather_ask").Select(e => e.Text)];
        var cities = new HashSet<string>(VoiceGrammar.Shipped.Values[VoiceGrammar.Shipped.SlotOf("city")].Select(v => v.Parts[0].Text));
        string? CityOf(string text) => text.Split(' ').FirstOrDefault(cities.Contains);
        static double Repeats(string[] names) =>
            names.GroupBy(c => c).Sum(g => g.Count() * (g.Count() - 1.0)) / (names.Length * (names.Length - 1.0));

        var perDevice = Enumerable.Range(0, 400).Select(d => Sentences(d).Select(CityOf).OfType<string>().ToArray()).ToArray();

        var own = perDevice.Where(c => c.Length > 2).Average(Repeats);
        var all = Repeats([.. perDevice.SelectMany(c => c)]);
        Assert.True(own > 3 * all, $"A device's cities agree {own:P1}, the population's {all:P1}.");
    }

    private static double MeanEntropy(double concentration)
    {
        var generator = new PopulationGenerator(
            new GeneratedPopulation { Devices = 100, ZipfExponent = 0, ExamplesMean = 100, LabelConcentration = concentration });
        return Enumerable.Range(0, 100).Average(d => generator.ExamplesOf(d, 0).GroupBy(e => e.LabelIndex)
            .Select(g => g.Count() / 100.0).Sum(share => -share * Math.Log(share)));
    }

    private static double[] Cumulative(IntentMix mix, int device)
    {
        var cumulative = new double[mix.Count];
        mix.FillCumulative(device, new Season(0, 0), cumulative);
        return cumulative;
    }

    private static double WordDistance(double drift, int from, int to)
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { Drift = drift, Periods = 11, ZipfExponent = 0 });
        return Distance(Words(generator, from), Words(generator, to));
    }

    private static double LabelDistance(double drift, int from, int to)
    {
        var generator = new PopulationGenerator(new GeneratedPopulation { Drift = drift, Periods = 11, ZipfExponent = 0 });
        return Distance(Labels(generator, from), Labels(generator, to));
    }

    private static IEnumerable<string> Words(PopulationGenerator generator, int period) =>
        Enumerable.Range(0, 1000).SelectMany(d => generator.ExamplesOf(d, period)).SelectMany(e => e.Text.Split(' '));

    private static IEnumerable<string> Labels(PopulationGenerator generator, int period) =>
        Enumerable.Range(0, 1000).SelectMany(d => generator.ExamplesOf(d, period)).Select(e => e.Label);

    /// <summary>The total variation distance of two samples, from 0 (alike) to 1 (nothing in common).</summary>
    private static double Distance(IEnumerable<string> one, IEnumerable<string> two)
    {
        var (a, b) = (Shares(one), Shares(two));
        return a.Keys.Union(b.Keys).Sum(word => Math.Abs(a.GetValueOrDefault(word) - b.GetValueOrDefault(word))) / 2;
    }

    private static Dictionary<string, double> Shares(IEnumerable<string> sample)
    {
        var all = sample.ToArray();
        return all.GroupBy(word => word).ToDictionary(group => group.Key, group => (double)group.Count() / all.Length);
    }
}
