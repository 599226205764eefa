using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>
/// Makes the examples of a <see cref="GeneratedPopulation"/>. Every answer is a pure function of (description, device, period): a device
/// that is never asked costs nothing, and a device that is asked again on another silo says the same.
/// </summary>
/// <remarks>Immutable and thread-safe. <see cref="ActivityOf"/> is always the length of <see cref="ExamplesOf"/>.</remarks>
public sealed class PopulationGenerator
{
    private readonly IndexPermutation _ranks;
    private readonly ZipfActivity _activity;
    private readonly IntentMix _intents;
    private readonly UtteranceWriter _writer;
    private readonly HeldOutSplit _split;

    /// <summary>Prepares a population; costs less than a millisecond once the grammar has been read.</summary>
    /// <param name="population">The description.</param>
    /// <param name="split">Which texts are held out; null (the default) holds out none.</param>
    /// <exception cref="ArgumentException">The description has mistakes; the message names all of them.</exception>
    public PopulationGenerator(GeneratedPopulation population, HeldOutSplit? split = null)
    {
        ArgumentNullException.ThrowIfNull(population);
        var problems = string.Join(" ", population.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"This population cannot be generated. {problems}", nameof(population));
        }

        var grammar = VoiceGrammar.Shipped;
        Population = population;
        Labels = [.. grammar.Intents];
        _ranks = new IndexPermutation(population.Devices, Prf.Value(population.Seed, Purpose.Activity, ulong.MaxValue));
        _activity = new ZipfActivity(population.Devices, population.ZipfExponent, population.ExamplesMean, population.ExamplesMax);
        _intents = new IntentMix(population.Seed, grammar.Intents.Length, population.LabelConcentration);
        _writer = new UtteranceWriter(population.Seed, grammar);
        _split = split ?? new HeldOutSplit(0, 0);
    }

    /// <summary>The description.</summary>
    public GeneratedPopulation Population { get; }

    /// <summary>The intents' names, sorted by ordinal comparison: the same for every population.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Whether an id is that of a device: a number from 0, in decimal, without leading zeros.</summary>
    /// <param name="deviceId">The id.</param>
    /// <returns>True when there is such a device.</returns>
    public bool Knows(string deviceId) =>
        long.TryParse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture, out var device)
        && device < Population.Devices
        && device.ToString(CultureInfo.InvariantCulture) == deviceId;

    /// <summary>How many examples a device makes in a period, in O(1).</summary>
    /// <param name="device">The device, in [0, <see cref="GeneratedPopulation.Devices"/>).</param>
    /// <param name="period">The period, in [0, <see cref="GeneratedPopulation.Periods"/>).</param>
    /// <returns>A count from 0 to <see cref="GeneratedPopulation.ExamplesMax"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such device or period.</exception>
    public int ActivityOf(long device, int period)
    {
        EnsurePeriod(period);
        return CountOf(device, period);
    }

    /// <summary>How many examples each of several devices makes in a period.</summary>
    /// <param name="devices">The devices, in any order.</param>
    /// <param name="period">The period.</param>
    /// <param name="counts">Receives one count per device; may be longer.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such device or period.</exception>
    /// <exception cref="ArgumentException"><paramref name="counts"/> is shorter than <paramref name="devices"/>.</exception>
    public void FillCounts(ReadOnlySpan<long> devices, int period, Span<int> counts)
    {
        EnsurePeriod(period);
        if (counts.Length < devices.Length)
        {
            throw new ArgumentException(
                $"{devices.Length} devices need as many counts; there is room for {counts.Length}: pass a longer span.", nameof(counts));
        }

        for (var i = 0; i < devices.Length; i++)
        {
            counts[i] = CountOf(devices[i], period);
        }
    }

    /// <summary>What a device says in a period.</summary>
    /// <inheritdoc cref="ActivityOf"/>
    /// <returns>Its examples, in the order of their times and rows.</returns>
    public GeneratedExample[] ExamplesOf(long device, int period)
    {
        var count = ActivityOf(device, period);
        if (count == 0)
        {
            return [];
        }

        var season = new Season(period, Population.Drift);
        Span<double> cumulative = stackalloc double[_intents.Count];
        _intents.FillCumulative(device, season, cumulative);
        var wordiness = _writer.WordinessOf(device);
        var text = new StringBuilder(128);
        var examples = new GeneratedExample[count];
        var times = TimesOf(device, period, count);
        for (var row = 0; row < count; row++)
        {
            var random = Prf.Sequence(Population.Seed, Purpose.ExampleText, Coordinate(period), (ulong)device, (ulong)row + 1);
            var isHeldOut = IsHeldOut(device, period, row);
            int intent;
            string said;
            do
            {
                // The row decides its side before it has a text, so that counts need no text; a text of the other side is said again.
                intent = IntentMix.Draw(cumulative, ref random);
                said = _writer.Write(device, wordiness, intent, season, ref random, text);
            }
            while (_split.IsHeldOut(said) != isHeldOut);
            examples[row] = new GeneratedExample(said, Labels[intent], intent, times[row], row, isHeldOut);
        }

        return examples;
    }

    /// <summary>Whether a row is kept for evaluation, without making its text.</summary>
    /// <param name="device">The device.</param>
    /// <param name="period">The period.</param>
    /// <param name="row">The row, in [0, <see cref="ActivityOf"/>).</param>
    /// <returns>Its side, with the split's fraction as probability.</returns>
    public bool IsHeldOut(long device, int period, int row) =>
        _split.Fraction > 0
        && Prf.Sequence(Population.Seed, Purpose.HeldOut, Coordinate(period), (ulong)device, (ulong)row).NextDouble() < _split.Fraction;

    /// <summary>How many examples a device makes in a period by what they are for, without making a text.</summary>
    /// <inheritdoc cref="ActivityOf"/>
    /// <returns>How many it can train on, and how many it keeps for evaluation.</returns>
    public (int ToTrainOn, int HeldOut) SplitOf(long device, int period)
    {
        var count = ActivityOf(device, period);
        var heldOut = 0;
        for (var row = 0; row < count; row++)
        {
            heldOut += IsHeldOut(device, period, row) ? 1 : 0;
        }

        return (count - heldOut, heldOut);
    }

    /// <summary>The id of a generated example on its device: ascending in the order of arrival.</summary>
    /// <param name="period">Its period.</param>
    /// <param name="row">Its row in the period.</param>
    /// <returns>period · 2³² + row.</returns>
    public static long IdOf(int period, int row) => ((long)period << 32) + row;

    /// <summary>What a retention policy knows of the examples of a period that a device can train on.</summary>
    /// <param name="device">The device.</param>
    /// <param name="period">The period.</param>
    /// <param name="withBytes">Whether to say how large they are, which costs making their texts; else 0.</param>
    /// <returns>The facts, in the order of their times.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such device or period.</exception>
    public IEnumerable<ExampleFacts> FactsOf(long device, int period, bool withBytes) => withBytes
        ? ExamplesOf(device, period).Where(example => !example.IsHeldOut).Select(example =>
            new ExampleFacts(IdOf(period, example.Row), example.Time, period, ExampleFacts.BytesOf(example.Text, example.Label)))
        : TimesOf(device, period, ActivityOf(device, period)).Index().Where(row => !IsHeldOut(device, period, row.Index))
            .Select(row => new ExampleFacts(IdOf(period, row.Index), row.Item, period, Bytes: 0));

    /// <summary>Periods are counted from 1 here: coordinate 0 belongs to what a device keeps for life.</summary>
    private static ulong Coordinate(int period) => (ulong)period + 1;

    private int CountOf(long device, int period)
    {
        if ((ulong)device >= (ulong)Population.Devices)
        {
            throw new ArgumentOutOfRangeException(nameof(device), device, $"Choose a device in [0, {Population.Devices}).");
        }

        var expected = _activity.ExpectedOf(_ranks.Of(device) + 1);
        var whole = Math.Floor(expected);
        if (whole == expected)
        {
            return (int)whole;
        }

        var random = Prf.Sequence(Population.Seed, Purpose.Activity, Coordinate(period), (ulong)device);
        return (int)whole + (random.NextDouble() < expected - whole ? 1 : 0);
    }

    /// <summary>
    /// Sorted uniform times in O(count): running sums of exponential gaps, scaled (Devroye, "Non-uniform random variate generation",
    /// 1986, V.3.1).
    /// </summary>
    private DateTimeOffset[] TimesOf(long device, int period, int count)
    {
        var random = Prf.Sequence(Population.Seed, Purpose.ExampleText, Coordinate(period), (ulong)device);
        var sums = new double[count];
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            sums[i] = sum -= Math.Log(1 - random.NextDouble());
        }

        sum -= Math.Log(1 - random.NextDouble());
        var start = Population.StartOf(period);
        var length = Population.PeriodLength.Ticks;
        return Array.ConvertAll(sums, s => start.AddTicks(Math.Min(length - 1, (long)(s / sum * length))));
    }

    private void EnsurePeriod(int period)
    {
        if ((uint)period >= (uint)Population.Periods)
        {
            throw new ArgumentOutOfRangeException(nameof(period), period, $"Choose a period in [0, {Population.Periods}).");
        }
    }
}
