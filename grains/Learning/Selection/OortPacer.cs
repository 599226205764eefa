using System.Collections.Immutable;

namespace Sheaf.Learning.Selection;

/// <summary>
/// Oort's pacer: trades speed for data. Every <see cref="OortSpec.PacerStep"/> rounds it compares the utility that exploited devices brought with that
/// of as many rounds before; where it has gone flat (within 10 %), the fast devices are used up and slower ones are preferred by
/// <see cref="OortSpec.PacerDelta"/> more percent; where it has jumped (by five times), fewer. Both limits are the authors' program's.
/// </summary>
/// <param name="Percentile">The percentile of the durations that is preferred now, in (0, 100]; at 100 no device is too slow.</param>
/// <param name="Utilities">The mean utility of the exploited devices of the last rounds, at most two steps of them.</param>
/// <param name="Round">The last round counted; 0 before the first.</param>
public sealed record OortPacer(double Percentile, ImmutableArray<double> Utilities, int Round)
{
    private const double Flat = 0.1;
    private const double Jump = 5;

    /// <summary>The pacer before the first round.</summary>
    /// <param name="spec">The constants.</param>
    /// <returns>A pacer.</returns>
    public static OortPacer Start(OortSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new OortPacer(spec.PreferredPercentile, [], 0);
    }

    /// <summary>Counts a round that is committed.</summary>
    /// <param name="spec">The constants.</param>
    /// <param name="exploitedUtility">The mean utility that the exploited devices have reported; 0 when none has.</param>
    /// <returns>The pacer for the next round.</returns>
    public OortPacer Next(OortSpec spec, double exploitedUtility)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var utilities = Utilities.Add(exploitedUtility);
        if (utilities.Length > 2 * spec.PacerStep)
        {
            utilities = utilities.RemoveRange(0, utilities.Length - (2 * spec.PacerStep));
        }

        var next = new OortPacer(Percentile, utilities, Round + 1);
        if (utilities.Length < 2 * spec.PacerStep || next.Round % spec.PacerStep != 0)
        {
            return next;
        }

        var before = utilities.Take(spec.PacerStep).Sum();
        var change = Math.Abs(utilities.Skip(spec.PacerStep).Sum() - before);
        return next with
        {
            Percentile = change <= Flat * before ? Math.Min(100, Percentile + spec.PacerDelta)
                : change >= Jump * before ? Math.Max(spec.PacerDelta, Percentile - spec.PacerDelta)
                : Percentile,
        };
    }
}
