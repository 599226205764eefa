using System.Globalization;
using Sheaf.Abstractions.Devices;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Erasures;

/// <summary>The scope of an erase in the terms of the learning core.</summary>
internal static class EraseScopes
{
    /// <summary>Works a scope out.</summary>
    /// <param name="spec">The scope as it travels.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentException">It contradicts itself; the message names all mistakes.</exception>
    public static EraseScope Of(EraseSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        string[] kinds = [.. Kinds(spec)];
        EraseScope scope = spec switch
        {
            { IsOfTimes: true } => new EraseTimes(spec.From ?? DateTimeOffset.MinValue, spec.Until ?? DateTimeOffset.MaxValue),
            { Label: { } label } => new EraseLabel(label),
            { Ids: { } ids } => new EraseIds(ids),
            _ => new EraseAll(),
        };
        var problems = scope.Problems().ToList();
        if (kinds.Length > 1)
        {
            problems.Insert(0, string.Create(CultureInfo.InvariantCulture, $"It names {string.Join(" and ", kinds)}: erase by one of them, one after the other."));
        }

        return problems.Count == 0 ? scope : throw new ArgumentException($"This cannot be erased. {string.Join(" ", problems)}");
    }

    private static IEnumerable<string> Kinds(EraseSpec spec)
    {
        if (spec.IsOfTimes)
            yield return "a time range";
        if (spec.Label is not null)
            yield return "a label";
        if (spec.IsOfIds)
            yield return "single examples";
    }
}
