using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Populations;
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
    /// <returns>When every device has stored its rows.</returns>
    [Alias("Intake")]
    Task IntakeAsync(ImmutableArray<Arrival> arrivals);

    /// <summary>Ends a delivery: a generated population's counts are filled in, and everything is stored.</summary>
    /// <param name="asOf">The population's time.</param>
    /// <returns>The shard's totals.</returns>
    [Alias("Seal"), ResponseTimeout("00:10:00")]
    Task<PopulationTotals> SealAsync(DateTimeOffset asOf);

    /// <summary>Takes note of a device's counts, because it erased or expired something. Idempotent.</summary>
    /// <param name="counts">The counts.</param>
    /// <returns>When they are stored.</returns>
    [Alias("Note"), AlwaysInterleave]
    Task NoteAsync(DeviceCounts counts);

    /// <summary>Takes note of devices that a task's next draw leaves out. The shard keeps one list a task, in memory only. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="name">The name by which <see cref="DrawColumn.Resting"/> refers to the list.</param>
    /// <param name="deviceIds">The devices of this shard that are left out.</param>
    /// <returns>When it is noted.</returns>
    [Alias("Rest"), AlwaysInterleave]
    Task RestAsync(string task, string name, string[] deviceIds);

    /// <summary>Who has how much, for weights that depend on all devices.</summary>
    /// <param name="isEvaluation">Whether held-out examples count instead of those to train on.</param>
    /// <returns>The histogram of the shard's devices.</returns>
    [Alias("GetHistogram"), AlwaysInterleave]
    Task<ActivityHistogram> GetHistogramAsync(bool isEvaluation);

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

    /// <summary>The ids of located devices.</summary>
    /// <param name="contents">The contents that they were located in.</param>
    /// <param name="indices">What <see cref="LocateAsync"/> or <see cref="SweepAsync"/> called them.</param>
    /// <returns>One id per index.</returns>
    /// <exception cref="InvalidOperationException">The contents have changed: the draw must begin anew.</exception>
    [Alias("Identify"), AlwaysInterleave]
    Task<string[]> IdentifyAsync(ulong contents, int[] indices);
}
