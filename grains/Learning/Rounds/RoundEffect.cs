namespace Sheaf.Learning.Rounds;

/// <summary>What the coordinator must do because of an event, before it acts on anything else.</summary>
public abstract record RoundEffect
{
    private RoundEffect()
    {
    }

    /// <summary>Have the accepted attempt merged into its silo's sum.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Generation">Which of the silo's sums it belongs to; an older one than the silo knows must be refused.</param>
    public sealed record Merge(int Slice, int Attempt, int Generation) : RoundEffect;

    /// <summary>Stop an attempt that no longer counts, if it is still there, and clear what it holds.</summary>
    /// <param name="Slice">The slice.</param>
    /// <param name="Attempt">The attempt.</param>
    public sealed record Abort(int Slice, int Attempt) : RoundEffect;

    /// <summary>Throw away every sum of a silo that is older than a generation.</summary>
    /// <param name="Silo">The silo.</param>
    /// <param name="Generation">The generation that is collected from now on.</param>
    public sealed record DropSiloSum(string Silo, int Generation) : RoundEffect;

    /// <summary>Delete what has been stored of a sum.</summary>
    /// <param name="Sum">The sum.</param>
    public sealed record DeleteStored(SumKey Sum) : RoundEffect;
}
