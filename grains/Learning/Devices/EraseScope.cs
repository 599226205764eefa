using System.Collections.Immutable;

namespace Sheaf.Learning.Devices;

/// <summary>What an erasure or a tombstone knows about an example.</summary>
/// <param name="Id">Its number on the device, ascending in the order of arrival and never used twice.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Label">Its label; empty when it has none.</param>
public readonly record struct ExampleIdentity(long Id, DateTimeOffset Time, string Label);

/// <summary>Which of a device's examples are to be erased.</summary>
public abstract record EraseScope
{
    private protected EraseScope()
    {
    }

    /// <summary>Whether an example is meant.</summary>
    /// <param name="example">The example.</param>
    /// <returns>The same whenever it is asked.</returns>
    public abstract bool Matches(ExampleIdentity example);

    /// <summary>What is wrong with the scope, all of it, each with its remedy.</summary>
    /// <returns>One sentence per mistake; none for a scope that can be used.</returns>
    public virtual IEnumerable<string> Problems() => [];
}

/// <summary>All of a device's examples.</summary>
public sealed record EraseAll : EraseScope
{
    /// <inheritdoc/>
    public override bool Matches(ExampleIdentity example) => true;
}

/// <summary>The examples made within [<paramref name="Start"/>, <paramref name="End"/>).</summary>
/// <param name="Start">The first moment that is meant.</param>
/// <param name="End">The first moment after it that is not meant any more.</param>
public sealed record EraseTimes(DateTimeOffset Start, DateTimeOffset End) : EraseScope
{
    /// <inheritdoc/>
    public override bool Matches(ExampleIdentity example) => example.Time >= Start && example.Time < End;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Start >= End)
            yield return $"The time range [{Start:u}, {End:u}) is empty: choose an end after its start.";
    }
}

/// <summary>The examples of a label, compared by ordinal.</summary>
/// <param name="Label">The label; empty for the examples that have none.</param>
public sealed record EraseLabel(string Label) : EraseScope
{
    /// <inheritdoc/>
    public override bool Matches(ExampleIdentity example) => string.Equals(example.Label, Label, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Label is null)
            yield return "The label is missing: name it, or give an empty one for the examples that have none.";
    }
}

/// <summary>Single examples.</summary>
/// <param name="Ids">Their numbers on the device, in any order.</param>
public sealed record EraseIds(ImmutableArray<long> Ids) : EraseScope
{
    /// <inheritdoc/>
    public override bool Matches(ExampleIdentity example) => Ids.Contains(example.Id);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Ids.IsDefaultOrEmpty)
            yield return "No ids are given: name at least one example.";
        else if (Ids.Min() < 0)
            yield return $"The id {Ids.Min()} is below 0: examples are numbered from 0.";
    }
}
