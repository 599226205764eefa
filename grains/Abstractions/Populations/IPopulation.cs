using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Sheaf.Abstractions.Populations;

/// <summary>A named set of devices. Key: its name, letters, digits and dashes. Knows totals and tasks, never single devices.</summary>
[Alias("sheaf.IPopulation")]
public interface IPopulation : IGrainWithStringKey
{
    /// <summary>Creates the population. Idempotent.</summary>
    /// <param name="spec">What it is.</param>
    /// <returns>When it is stored.</returns>
    /// <exception cref="InvalidOperationException">It exists with another specification.</exception>
    [Alias("Register")]
    Task RegisterAsync(PopulationSpec spec);

    /// <summary>What it was registered as.</summary>
    /// <returns>The specification, or null when it was never registered.</returns>
    [Alias("GetSpec"), AlwaysInterleave]
    Task<PopulationSpec?> GetSpecAsync();

    /// <summary>
    /// Hands rows to the devices they name, or that the population's partition names. Rows are numbered over the life of the population; idempotent by that number: a device ignores
    /// rows up to the highest it has taken in. Send one batch after another, rows ascending.
    /// </summary>
    /// <param name="arrivals">At most a few thousand rows.</param>
    /// <returns>When every device has stored its rows.</returns>
    [Alias("Intake"), AlwaysInterleave]
    Task IntakeAsync(ImmutableArray<Arrival> arrivals);

    /// <summary>Ends the delivery: generated populations make their periods available, shards store their counts, and time moves on.</summary>
    /// <param name="asOf">The population's time from now on, usually that of the newest row; ignored for generated populations.</param>
    /// <returns>The totals.</returns>
    [Alias("Seal"), ResponseTimeout("00:10:00")]
    Task<PopulationTotals> SealAsync(DateTimeOffset asOf);

    /// <summary>The labels that a generated population knows, sorted.</summary>
    /// <returns>The labels; empty for pushed populations.</returns>
    [Alias("GetLabels"), AlwaysInterleave]
    Task<ImmutableArray<string>> GetLabelsAsync();

    /// <summary>The population's time, against which the age of its examples is measured.</summary>
    /// <returns>The time given to <see cref="SealAsync"/>, or the end of the last period.</returns>
    [Alias("GetTime"), AlwaysInterleave]
    Task<DateTimeOffset> GetTimeAsync();
}
