namespace Sheaf.Learning.Selection;

/// <summary>What a device's example counts become before devices are selected by them.</summary>
public static class EffectiveActivity
{
    /// <summary>
    /// Lets older examples count less: round(Σ n_p·γ^(now − p)), halves to the even neighbour. A device whose examples are all old may come to 0,
    /// and is then not selected any more, until something new arrives.
    /// </summary>
    /// <param name="counts">The examples it holds of each period up to the one under way, in order, each at least 0.</param>
    /// <param name="decay">γ, in [0, 1]: 1 counts all alike, 0 only the period under way.</param>
    /// <returns>The activity to select by, at most the number of examples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">γ or a count is out of range.</exception>
    public static int Decayed(ReadOnlySpan<int> counts, double decay)
    {
        if (!(decay is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "Choose a decay from 0 (only the period under way counts) to 1 (all count alike).");
        }

        // Horner's rule: multiplications and additions round alike on every machine, powers do not.
        var sum = 0.0;
        foreach (var count in counts)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(counts));
            sum = (sum * decay) + count;
        }

        return (int)Math.Min(int.MaxValue, Math.Round(sum));
    }

    /// <summary>
    /// Tells only the bucket of a count, 2^⌊log₂ n⌋, because a count is itself personal. Proportional selection stays within a factor of two of
    /// what exact counts give.
    /// </summary>
    /// <param name="activity">n, at least 0.</param>
    /// <returns>The largest power of two that is at most n; 0 for 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">n is below 0.</exception>
    public static int Bucketed(int activity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(activity);
        return activity == 0 ? 0 : 1 << int.Log2(activity);
    }
}
