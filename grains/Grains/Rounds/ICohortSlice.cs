using Orleans.Concurrency;

namespace Sheaf.Grains.Rounds;

/// <summary>One attempt at one slice. Key: <see cref="SliceKey"/>. Lives where its devices' shards are.</summary>
[Alias("sheaf.ICohortSlice")]
internal interface ICohortSlice : IGrainWithStringKey
{
    /// <summary>Wakes the devices, has them trained or scored, and seals. Idempotent: a second call gets the first one's report.</summary>
    /// <param name="order">What to do.</param>
    /// <returns>The report.</returns>
    [Alias("Run"), AlwaysInterleave, ResponseTimeout("8.00:00:00")]
    Task<SliceReport> RunAsync(SliceOrder order);

    /// <summary>Merges the sealed sum into the silo's sum, once the coordinator has accepted the attempt. Idempotent.</summary>
    /// <param name="round">The round.</param>
    /// <param name="key">The attempt.</param>
    /// <param name="generation">Which of the silo's sums.</param>
    /// <returns>Whether it was merged; false when the silo's sum is a newer one.</returns>
    /// <exception cref="InvalidOperationException">The sum is gone.</exception>
    [Alias("Merge"), AlwaysInterleave]
    Task<bool> MergeAsync(RoundKey round, SliceKey key, int generation);

    /// <summary>Stops the attempt and clears what it holds. Idempotent.</summary>
    /// <returns>When nothing is held any more.</returns>
    [Alias("Abort"), AlwaysInterleave, ResponseTimeout("00:10:00")]
    Task AbortAsync();
}
