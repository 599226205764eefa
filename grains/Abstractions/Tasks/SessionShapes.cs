using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>
/// The sessions of devices in rounds, drawn as Google's system draws them (Bonawitz et al., "Towards federated learning at scale: system design",
/// 2019, §5 and table 1), a sign for each step: <c>-</c> selected, <c>v</c> called with the plan, <c>[</c> training begun, <c>]</c> training done,
/// <c>+</c> update handed in, <c>^</c> update taken; <c>#</c> refused because the round was over, <c>!</c> interrupted, <c>*</c> an error. Three signs
/// are our own: <c>x</c> and <c>n</c> refused by the checks of updates, <c>~</c> taken back by an erase.
/// </summary>
public static class SessionShapes
{
    /// <summary>All shapes, from the session that went well to those that ended early.</summary>
    public static ImmutableArray<SessionShape> All { get; } =
    [
        new("-v[]+^", "trained", "trained, and its update was taken"),
        new("-v[]+#", "late", "its update had not come when the round ended"),
        new("-v[]+x", "out_of_bounds", "its update was beyond the reject norm"),
        new("-v[]+n", "not_finite", "its update had a NaN or an infinite value"),
        new("-v[]+~", "erased", "it was erased while the round was under way"),
        new("-v[!", "dropped_out", "dropped out, or went offline"),
        new("-v[*", "failed", "threw an error"),
        new("-v", "declined", "had nothing to train on"),
    ];

    /// <summary>The shape of an outcome.</summary>
    /// <param name="outcome">The outcome, as metrics name it.</param>
    /// <returns>The shape.</returns>
    /// <exception cref="InvalidOperationException">There is no such outcome.</exception>
    public static SessionShape OfOutcome(string outcome) => All.First(shape => shape.Outcome == outcome);

    /// <summary>Counts sessions.</summary>
    /// <param name="outcomes">The cohorts of some rounds.</param>
    /// <returns>Every shape with its number of sessions, in the order of <see cref="All"/>.</returns>
    public static ImmutableArray<(SessionShape Shape, long Sessions)> Count(IEnumerable<DeviceOutcomes> outcomes)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var counts = All.ToDictionary(shape => shape.Outcome, _ => 0L, StringComparer.Ordinal);
        foreach (var (outcome, devices) in outcomes.SelectMany(each => each.ByName()))
        {
            counts[outcome] += devices;
        }

        return [.. All.Select(shape => (shape, counts[shape.Outcome]))];
    }
}

/// <summary>How far sessions came.</summary>
/// <param name="Shape">Its steps, a sign each.</param>
/// <param name="Outcome">What became of the device, as metrics name it.</param>
/// <param name="Meaning">The same in words.</param>
public sealed record SessionShape(string Shape, string Outcome, string Meaning);
