using System.Collections.Immutable;

namespace Sheaf.Learning.Rounds;

/// <summary>
/// Which rounds' checkpoints are kept to go back to: evenly spaced ones, of which there are never more than a bound, however many rounds
/// there are. When there is one too many, the spacing doubles and every other one goes.
/// </summary>
/// <param name="Spacing">A round is kept when it is a multiple of this, at least 1.</param>
/// <param name="Rounds">The rounds that are kept, ascending.</param>
/// <remarks>Law: with at least one kept, any round is less than 2·⌈round / most⌉ rounds after a kept one or the beginning.</remarks>
public sealed record KeptRounds(int Spacing, ImmutableArray<int> Rounds)
{
    /// <summary>Nothing is kept yet.</summary>
    public static readonly KeptRounds None = new(1, []);

    /// <summary>What is kept after one more round.</summary>
    /// <param name="round">The round, later than all before.</param>
    /// <param name="most">The most rounds kept, at least 0.</param>
    /// <returns>What is kept.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is negative.</exception>
    public KeptRounds After(int round, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        if (most == 0)
        {
            return None;
        }

        var (spacing, kept) = (Spacing, round % Spacing == 0 ? Rounds.Add(round) : Rounds);
        while (kept.Length > most)
        {
            spacing *= 2;
            kept = kept.RemoveAll(each => each % spacing != 0);
        }

        return new KeptRounds(spacing, kept);
    }
}
