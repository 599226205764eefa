using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Security;

namespace Sheaf.Abstractions.Populations;

/// <summary>A named set of devices. Key: its name, letters, digits and dashes. Knows totals and tasks, never single devices.</summary>
[Alias("sheaf.IPopulation")]
public interface IPopulation : IGrainWithStringKey
{
    /// <summary>Creates the population. Idempotent.</summary>
    /// <param name="spec">What it is.</param>
    /// <returns>When it is stored.</returns>
    /// <exception cref="InvalidOperationException">It exists with another specification.</exception>
    [Alias("Register"), RequiresRole(AccessRole.Submit)]
    Task RegisterAsync(PopulationSpec spec);

    /// <summary>What it was registered as.</summary>
    /// <returns>The specification, or null when it was never registered.</returns>
    [Alias("GetSpec"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<PopulationSpec?> GetSpecAsync();

    /// <summary>
    /// Hands rows to the devices they name, or that the population's partition names. Rows are numbered over the life of the population; idempotent by that number: a device ignores
    /// rows up to the highest it has taken in. Send one batch after another, rows ascending.
    /// </summary>
    /// <param name="arrivals">At most a few thousand rows.</param>
    /// <returns>When every device has stored its rows.</returns>
    [Alias("Intake"), AlwaysInterleave, RequiresRole(AccessRole.Submit)]
    Task IntakeAsync(ImmutableArray<Arrival> arrivals);

    /// <summary>
    /// Ends a delivery: what has arrived belongs to a period that is now open, and time moves on. First the tasks that score new examples
    /// score them, then devices delete what they may not keep. Idempotent; neither periods nor time run backwards.
    /// </summary>
    /// <param name="asOf">The population's time from now on, usually that of the newest row; generated populations know their own.</param>
    /// <param name="period">The period that has arrived, from 0; rows taken in from now on are of the next one.</param>
    /// <returns>The totals.</returns>
    [Alias("Seal"), ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Submit, IsAudited = true)]
    Task<PopulationTotals> SealAsync(DateTimeOffset asOf, int period = 0);

    /// <summary>How much the population has.</summary>
    /// <returns>The totals as the activity shards know them. Wakes no device.</returns>
    [Alias("GetTotals"), AlwaysInterleave, ResponseTimeout("00:10:00"), RequiresRole(AccessRole.Read)]
    Task<PopulationTotals> GetTotalsAsync();

    /// <summary>The labels that a generated population knows, sorted.</summary>
    /// <returns>The labels; empty for pushed populations.</returns>
    [Alias("GetLabels"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<ImmutableArray<string>> GetLabelsAsync();

    /// <summary>How far the population's data has come.</summary>
    /// <returns>The last period that has arrived, and the time.</returns>
    [Alias("GetMoment"), AlwaysInterleave, RequiresRole(AccessRole.Read)]
    Task<PopulationMoment> GetMomentAsync();

    /// <summary>Moves time on without a period, as when nothing arrives for long: devices whose data has expired by then are woken, and no
    /// others. Idempotent; time does not run backwards.</summary>
    /// <param name="asOf">The population's time from now on.</param>
    /// <returns>The totals.</returns>
    /// <exception cref="InvalidOperationException">The population is generated: its periods are its time.</exception>
    [Alias("Advance"), ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task<PopulationTotals> AdvanceAsync(DateTimeOffset asOf);

    /// <summary>Changes what devices may keep, and has them delete at once what they may not any more. Idempotent. What a policy has deleted
    /// does not come back when a later one would have kept it.</summary>
    /// <param name="policy">The policy, of a later version than the one that holds.</param>
    /// <returns>When what it does not allow is deleted.</returns>
    /// <exception cref="ArgumentException">The policy contradicts itself, or its version is not a later one; the message names all mistakes.</exception>
    [Alias("SetRetention"), ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task SetRetentionAsync(RetentionSpec policy);

    /// <summary>Rewrites the storage's files, so that nothing of what was deleted is left in them, and completes the receipts of all erasures that
    /// had ended when it began.</summary>
    /// <returns>What was done, and what it could not reach.</returns>
    /// <exception cref="StorageFailedException">The files could not be rewritten; no receipt is completed.</exception>
    [Alias("Purge"), AlwaysInterleave, ResponseTimeout("1.00:00:00"), RequiresRole(AccessRole.Erase, IsAudited = true)]
    Task<PurgeReport> PurgeAsync();
}
