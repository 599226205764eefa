using Sheaf.Learning.Populations;
using Xunit.Abstractions;

namespace Sheaf.Learning.Tests.Populations;

public sealed class LearnabilityTests(ITestOutputHelper output)
{
    private readonly PopulationGenerator _generator = new(new GeneratedPopulation { Seed = 3, Devices = 2000, ExamplesMean = 40 });

    private readonly HeldOutSplit _split = new(salt: 1, fraction: 0.2);

    [Fact]
    public void NaiveBayes_TrainedOnThreeHundredDevices_UnderstandsHeldOutTextsWellButNotPerfectly()
    {
        var accuracy = Accuracy(trainingDevices: 300);

        Assert.InRange(accuracy, 0.80, 0.995);
    }

    [Fact]
    public void NaiveBayes_TrainedOnAHandful_IsFarFromThere()
    {
        var (few, many) = (Accuracy(trainingDevices: 5), Accuracy(trainingDevices: 300));

        Assert.InRange(few, 0.02, many - 0.2);
    }

    [Fact]
    public void MostFrequentLabel_AsAGuess_IsMostlyWrong()
    {
        var labels = Examples(2000).Select(e => e.Label).ToArray();

        var best = labels.GroupBy(l => l).Max(g => g.Count()) / (double)labels.Length;

        Assert.InRange(best, 1.0 / _generator.Labels.Length, 0.1);
    }

    private GeneratedExample[] Examples(int devices) => [.. Enumerable.Range(0, devices).SelectMany(d => _generator.ExamplesOf(d, 0))];

    private double Accuracy(int trainingDevices)
    {
        var training = Examples(trainingDevices).Where(e => !_split.IsHeldOut(e.Text)).ToArray();
        var heldOut = Enumerable.Range(1000, 300).SelectMany(d => _generator.ExamplesOf(d, 0))
            .Where(e => _split.IsHeldOut(e.Text)).ToArray();
        var model = new NaiveBayes([.. training.Select(e => (e.Text, e.Label))]);
        var accuracy = heldOut.Count(e => model.Classify(e.Text) == e.Label) / (double)heldOut.Length;
        output.WriteLine($"{trainingDevices} devices, {training.Length} texts: {accuracy:P1} of {heldOut.Length} held-out texts.");
        return accuracy;
    }

    /// <summary>Multinomial naive Bayes over words, smoothed by 0.1.</summary>
    private sealed class NaiveBayes
    {
        private const double Smoothing = 0.1;

        private readonly (string Label, double LogPrior, Dictionary<string, int> Words, int Total)[] _classes;
        private readonly int _vocabulary;

        public NaiveBayes((string Text, string Label)[] examples)
        {
            _vocabulary = examples.SelectMany(e => e.Text.Split(' ')).Distinct().Count();
            _classes = [.. examples.GroupBy(e => e.Label).Select(group =>
            {
                var words = group.SelectMany(e => e.Text.Split(' ')).ToArray();
                var counts = words.GroupBy(w => w).ToDictionary(w => w.Key, w => w.Count());
                return (group.Key, Math.Log(group.Count() / (double)examples.Length), counts, words.Length);
            })];
        }

        public string Classify(string text)
        {
            var words = text.Split(' ');
            return _classes.MaxBy(c => c.LogPrior + words.Sum(
                w => Math.Log((c.Words.GetValueOrDefault(w) + Smoothing) / (c.Total + (Smoothing * _vocabulary))))).Label;
        }
    }
}
