namespace Sheaf.Learning.Populations;

/// <summary>
/// The description of a population whose examples are a pure function of (seed, device, period): commands to a voice assistant,
/// labelled with their intents. <see cref="PopulationGenerator"/> makes the examples.
/// </summary>
public sealed record GeneratedPopulation
{
    /// <summary>The largest <see cref="Devices"/>.</summary>
    public const long DevicesMax = 10_000_000;

    /// <summary>The largest <see cref="ExamplesMax"/>.</summary>
    public const int ExamplesLimit = 1_000_000;

    /// <summary>The default of <see cref="Epoch"/>: 2026-01-01, UTC.</summary>
    public static readonly DateTimeOffset DefaultEpoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Which population of this kind. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many devices there are, from 1 to <see cref="DevicesMax"/>; their ids are 0, 1, 2, … Default: 1000.</summary>
    public long Devices { get; init; } = 1000;

    /// <summary>
    /// The exponent z of the devices' activity, from 0 to 4: the device of rank r makes examples in proportion to r^−z. With 0 all
    /// make the same. Default: 1.
    /// </summary>
    public double ZipfExponent { get; init; } = 1;

    /// <summary>
    /// Mean examples per device and period, above 0 and at most <see cref="ExamplesMax"/>. Default: 13. A device whose expected number
    /// is not whole makes the whole part and, with the chance of the rest, one more; so a light device has nothing in some periods.
    /// </summary>
    public double ExamplesMean { get; init; } = 13;

    /// <summary>
    /// The most examples of the heaviest device in a period, from 1 to <see cref="ExamplesLimit"/>. Default: 2000. In a large
    /// population several of the heaviest devices share this maximum, and all others make correspondingly more, so that
    /// <see cref="ExamplesMean"/> holds.
    /// </summary>
    public int ExamplesMax { get; init; } = 2000;

    /// <summary>
    /// The total concentration α of a device's intents, from 0.001 to 10⁶: each device's distribution over intents is one draw from
    /// Dirichlet(α·prior) (Hsu, Qi and Brown, "Measuring the effects of non-identical data distribution", 2019). Small: a device
    /// knows few intents; large: all devices are alike. Papers that state a symmetric Dirichlet(a) per class mean α = a × classes.
    /// Default: 10.
    /// </summary>
    public double LabelConcentration { get; init; } = 10;

    /// <summary>
    /// How fast language moves on, in [0, 1]. With 0, periods are exchangeable. With 1, ten periods replace the words and templates in
    /// use by others and turn the frequent intents into the rare ones, and ten more bring them back; with 0.5 it takes twice as
    /// long. Default: 0.
    /// </summary>
    public double Drift { get; init; }

    /// <summary>How many periods there are, at least 1. Default: 1 (the static setting). A period's examples do not depend on it.</summary>
    public int Periods { get; init; } = 1;

    /// <summary>When period 0 starts. Default: <see cref="DefaultEpoch"/>.</summary>
    public DateTimeOffset Epoch { get; init; } = DefaultEpoch;

    /// <summary>How long a period is, above zero. Default: 1 day.</summary>
    public TimeSpan PeriodLength { get; init; } = TimeSpan.FromDays(1);

    /// <summary>When a period starts; it ends where the next one starts.</summary>
    /// <param name="period">The period, from 0; <see cref="Periods"/> gives the end of the last one.</param>
    /// <returns><see cref="Epoch"/> + period × <see cref="PeriodLength"/>.</returns>
    public DateTimeOffset StartOf(int period) => Epoch + (period * PeriodLength);

    /// <summary>What is wrong with the description, all of it, each with its remedy.</summary>
    /// <returns>One sentence per mistake; none for a description that can be used.</returns>
    public IEnumerable<string> Problems()
    {
        // Comparisons are written so that NaN fails them.
        if (Devices is < 1 or > DevicesMax)
            yield return $"{nameof(Devices)} is {Devices}: choose 1 to {DevicesMax}.";
        if (!(ZipfExponent is >= 0 and <= 4))
            yield return $"{nameof(ZipfExponent)} is {ZipfExponent}: choose 0 (all devices alike) to 4.";
        if (ExamplesMax is < 1 or > ExamplesLimit)
            yield return $"{nameof(ExamplesMax)} is {ExamplesMax}: choose 1 to {ExamplesLimit}.";
        if (!(ExamplesMean > 0 && ExamplesMean <= ExamplesMax))
            yield return $"{nameof(ExamplesMean)} is {ExamplesMean}: choose above 0 and at most {nameof(ExamplesMax)}, {ExamplesMax}.";
        if (!(LabelConcentration is >= 1e-3 and <= 1e6))
            yield return $"{nameof(LabelConcentration)} is {LabelConcentration}: choose 0.001 (one intent each) to 1000000 (all alike).";
        if (!(Drift is >= 0 and <= 1))
            yield return $"{nameof(Drift)} is {Drift}: choose 0 (none) to 1.";
        if (Periods < 1)
            yield return $"{nameof(Periods)} is {Periods}: choose at least 1.";
        if (PeriodLength <= TimeSpan.Zero)
            yield return $"{nameof(PeriodLength)} is {PeriodLength}: choose a length above zero.";
        else if ((DateTimeOffset.MaxValue - Epoch) / PeriodLength < Periods)
            yield return $"{Periods} periods of {PeriodLength} from {Epoch:u} go beyond the year 9999: choose fewer or shorter ones.";
    }
}
