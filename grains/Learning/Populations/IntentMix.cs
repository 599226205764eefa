using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>Which intents a device uses: one draw from Dirichlet(α·prior), where the prior's peak moves with the season.</summary>
/// <param name="seed">The seed of the population.</param>
/// <param name="intents">How many intents there are.</param>
/// <param name="concentration">The total concentration α.</param>
internal sealed class IntentMix(ulong seed, int intents, double concentration)
{
    /// <summary>The most frequent intent of a season is e^(2·0.8), about five times, as frequent as the rarest.</summary>
    private const double PriorContrast = 0.8;

    private readonly SeasonalChoice _places = new(intents, Prf.Sequence(seed, Purpose.LabelSkew, ulong.MaxValue));

    /// <summary>How many intents there are.</summary>
    public int Count => intents;

    /// <summary>The distribution over intents of the whole population.</summary>
    /// <param name="season">The season.</param>
    /// <param name="prior">Receives one probability per intent.</param>
    public void FillPrior(Season season, Span<double> prior)
    {
        for (var intent = 0; intent < prior.Length; intent++)
        {
            prior[intent] = PriorContrast * _places.Nearness(intent, season);
        }

        Dirichlet.Normalize(prior);
    }

    /// <summary>The distribution over intents of a device, as running sums.</summary>
    /// <param name="device">The device.</param>
    /// <param name="season">The season.</param>
    /// <param name="cumulative">Receives for each intent the probability of it and all before it.</param>
    public void FillCumulative(long device, Season season, Span<double> cumulative)
    {
        FillPrior(season, cumulative);
        for (var intent = 0; intent < cumulative.Length; intent++)
        {
            // A sequence for each intent: when the prior moves, a device's inclinations move with it and are not drawn anew.
            var random = Prf.Sequence(seed, Purpose.LabelSkew, (ulong)intent, (ulong)device);
            cumulative[intent] = Dirichlet.LogGamma(concentration * cumulative[intent], ref random);
        }

        Dirichlet.Normalize(cumulative);
        var sum = 0.0;
        foreach (ref var value in cumulative)
        {
            value = sum += value;
        }
    }

    /// <summary>Draws an intent.</summary>
    /// <param name="cumulative">What <see cref="FillCumulative"/> gave.</param>
    /// <param name="random">Where the randomness comes from.</param>
    /// <returns>The intent.</returns>
    public static int Draw(ReadOnlySpan<double> cumulative, ref PrfSequence random)
    {
        // Scaled by the last sum, which rounding may leave a little off 1.
        var target = random.NextDouble() * cumulative[^1];
        var intent = 0;
        while (cumulative[intent] <= target)
        {
            intent++;
        }

        return intent;
    }
}
