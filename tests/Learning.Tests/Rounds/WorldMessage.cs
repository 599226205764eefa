using Sheaf.Learning.Rounds;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>Something under way between the coordinator and a silo.</summary>
internal abstract record WorldMessage
{
    /// <summary>The order to run an attempt. It alone comes once at most.</summary>
    public sealed record Run(int Slice, int Attempt, string Silo, int[] Devices) : WorldMessage;

    public sealed record Merge(int Slice, int Attempt, int Generation) : WorldMessage;

    public sealed record Abort(int Slice, int Attempt) : WorldMessage;

    public sealed record Drop(string Silo, int Generation) : WorldMessage;

    /// <summary>The order to store a copy of a silo's sum.</summary>
    public sealed record Store(SumKey Sum) : WorldMessage;

    /// <summary>The answer to it, with the number under which it is stored.</summary>
    public sealed record Stored(int Copy, RoundEvent.SumStored Happened) : WorldMessage;

    /// <summary>News for the coordinator.</summary>
    public sealed record News(RoundEvent Happened) : WorldMessage;

    /// <summary>What the coordinator learns from waiting for it in vain; null when it goes on regardless.</summary>
    public RoundEvent? Timeout => this switch
    {
        Run(var slice, var attempt, _, _) => new RoundEvent.SliceLost(slice, attempt),
        Merge(var slice, var attempt, _) => new RoundEvent.SliceLost(slice, attempt),
        News(RoundEvent.SliceSealed(var slice, var attempt, _)) => new RoundEvent.SliceLost(slice, attempt),
        News(RoundEvent.SliceMerged(var slice, var attempt)) => new RoundEvent.SliceLost(slice, attempt),
        News(var happened) => happened,
        _ => null,
    };
}
