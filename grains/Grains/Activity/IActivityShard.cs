using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Populations;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>
/// The activity of one part of a population, by leading bits of the devices' positions. Key: <see cref="ShardKey"/>. Selecting asks
/// shards and wakes no device.
/// </summary>
[Alias("sheaf.IActivityShard")]
internal interface IActivityShard : IGrainWithStringKey
{
    /// <summary>Hands rows to the shard's devices and learns their counts. Idempotent by row.</summary>
    /// <param name="arrivals">Rows of this shard's devices, ascending.</param>
    /// <param name="period">The period that they belong to, which is not open yet.</param>
    /// <returns>When every device has stored its rows.</returns>
    [Alias("Intake")]
    Task IntakeAsync(ImmutableArray<Arrival> arrivals, int period);

    /// <summary>Learns that a period has arrived, and stores all counts; nothing is deleted yet. Idempotent.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>When the counts are those of the period.</returns>
    [Alias("Open"), ResponseTimeout("00:10:00")]
    Task OpenAsync(PopulationMoment moment);

    /// <summary>Wakes the devices that hold more than they may keep at a moment, has them delete it, and stores all counts. Idempotent.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>When no device of the shard holds more than it may.</returns>
    /// <exception cref="InvalidOperationException">Some devices could not be reached; all others have deleted what they had to.</exception>
    [Alias("Settle"), ResponseTimeout("01:00:00")]
    Task SettleAsync(PopulationMoment moment);

    /// <summary>What the shard's devices add up to.</summary>
    /// <param name="moment">The population's period and time.</param>
    /// <returns>The totals.</returns>
    [Alias("GetPopulationTotals"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task<PopulationTotals> GetPopulationTotalsAsync(PopulationMoment moment);

    /// <summary>Where the shard lives, and its devices with it.</summary>
    /// <returns>The silo.</returns>
    [Alias("GetSilo"), AlwaysInterleave]
    Task<SiloAddress> GetSiloAsync();

    /// <summary>Takes note of a device's counts, because something has happened to it. Idempotent.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="hasReceipt">Whether it has erased something, whose receipt a purge must complete.</param>
    /// <returns>When they are stored.</returns>
    [Alias("Note"), AlwaysInterleave]
    Task NoteAsync(DeviceCounts counts, bool hasReceipt);

    /// <summary>Tells devices that a round is committed which they trained in. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="round">The round.</param>
    /// <param name="deviceIds">Devices of this shard.</param>
    /// <returns>When those that delete what they have trained on have done so, and their counts are stored.</returns>
    [Alias("SeeCommit"), ResponseTimeout("00:10:00")]
    Task SeeCommitAsync(string task, int round, string[] deviceIds);

    /// <summary>Has devices complete the receipts of what they erased before a purge. Idempotent.</summary>
    /// <param name="began">When the purge began.</param>
    /// <param name="ended">When the files were rewritten.</param>
    /// <returns>How many receipts were completed.</returns>
    [Alias("CompleteReceipts"), ResponseTimeout("00:10:00")]
    Task<int> CompleteReceiptsAsync(DateTimeOffset began, DateTimeOffset ended);

    /// <summary>Has the shard of a population by the wall clock tell its devices from now on when their data expires. Idempotent.</summary>
    /// <returns>When it watches.</returns>
    [Alias("WatchExpiries"), AlwaysInterleave]
    Task WatchExpiriesAsync();

    /// <summary>Takes note of devices that a task's next draw leaves out. The shard keeps one list a task, in memory only. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The name by which <see cref="DrawColumn.Resting"/> refers to the list.</param>
    /// <param name="deviceIds">The devices of this shard that are left out.</param>
    /// <returns>When it is noted.</returns>
    [Alias("Rest"), AlwaysInterleave]
    Task RestAsync(string task, string name, string[] deviceIds);

    /// <summary>Who has how much, for weights that depend on all devices.</summary>
    /// <param name="basis">Which counts.</param>
    /// <param name="decay">γ, in (0, 1]: an example of a periods ago counts γ^a.</param>
    /// <returns>The histogram of the shard's devices.</returns>
    [Alias("GetHistogram"), AlwaysInterleave]
    Task<ActivityHistogram> GetHistogramAsync(DrawBasis basis, double decay);

    /// <summary>The totals with which a draw begins.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <returns>Active devices and their weight.</returns>
    [Alias("GetTotals"), AlwaysInterleave]
    Task<ShardTotals> GetTotalsAsync(DrawColumn column);

    /// <summary>How many devices have at least a certain mass.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="scale">How weights become masses.</param>
    /// <param name="threshold">The least mass.</param>
    /// <returns>Their number and mass.</returns>
    [Alias("GetAbove"), AlwaysInterleave]
    Task<MassTotals> GetAboveAsync(DrawColumn column, MassScale scale, long threshold);

    /// <summary>The shard's mass under a plan, and where the shard lives.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The mass and the silo.</returns>
    [Alias("GetMass"), AlwaysInterleave]
    Task<ShardMass> GetMassAsync(DrawColumn column, InclusionPlan plan);

    /// <summary>Finds the devices that cover some offsets.</summary>
    /// <param name="contents">The contents that the plan was made of.</param>
    /// <param name="column">What is drawn by.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="order">The order of the draw.</param>
    /// <param name="offsets">The offsets.</param>
    /// <returns>One device per offset.</returns>
    /// <exception cref="InvalidOperationException">The contents have changed: the draw must begin anew.</exception>
    [Alias("Locate"), AlwaysInterleave]
    Task<LocatedDevice[]> LocateAsync(ulong contents, DrawColumn column, InclusionPlan plan, DrawOrder order, long[] offsets);

    /// <summary>How a round-robin sweep goes through the shard, and where the shard lives.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="order">The order of the sweep.</param>
    /// <returns>Its devices by bucket, and the silo.</returns>
    [Alias("CountSweep"), AlwaysInterleave]
    Task<ShardSweepCounts> CountSweepAsync(DrawColumn column, SweepOrder order);

    /// <summary>The devices in some buckets of a round-robin sweep.</summary>
    /// <param name="contents">The contents that were counted.</param>
    /// <param name="column">What is drawn by.</param>
    /// <param name="order">The order of the sweep.</param>
    /// <param name="firstBucket">The first bucket.</param>
    /// <param name="lastBucket">The last bucket.</param>
    /// <returns>The devices, in the order of the sweep.</returns>
    /// <exception cref="InvalidOperationException">The contents have changed: the draw must begin anew.</exception>
    [Alias("Sweep"), AlwaysInterleave]
    Task<SweptDevice[]> SweepAsync(ulong contents, DrawColumn column, SweepOrder order, int firstBucket, int lastBucket);

    /// <summary>The ids of located devices, and how much they have to train on.</summary>
    /// <param name="contents">The contents that they were located in.</param>
    /// <param name="indices">What <see cref="LocateAsync"/> or <see cref="SweepAsync"/> called them.</param>
    /// <returns>One of each per index.</returns>
    /// <exception cref="InvalidOperationException">The contents have changed: the draw must begin anew.</exception>
    [Alias("Identify"), AlwaysInterleave]
    Task<DeviceNames> IdentifyAsync(ulong contents, int[] indices);

    /// <summary>How often the shard's devices have taken part, by activity group.</summary>
    /// <param name="groups">The groups, by all examples that devices ever made.</param>
    /// <param name="times">How often each device has that took part at all.</param>
    /// <returns>The counts.</returns>
    [Alias("GetParticipation"), AlwaysInterleave]
    Task<ParticipationCounts> GetParticipationAsync(ActivityGroups groups, Dictionary<string, int> times);
}
