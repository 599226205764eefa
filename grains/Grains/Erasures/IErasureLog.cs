using Orleans.Concurrency;

namespace Sheaf.Grains.Erasures;

/// <summary>Numbers the cluster's erasures and sees to it that each is applied, also to a storage that was restored from a backup. Key: 0.</summary>
[Alias("sheaf.IErasureLog")]
internal interface IErasureLog : IGrainWithIntegerKey
{
    /// <summary>Writes an erasure down, before it is applied.</summary>
    /// <param name="erasure">The erasure.</param>
    /// <param name="after">A number that is in use: the erasure gets a higher one.</param>
    /// <returns>Its number.</returns>
    [Alias("Begin"), AlwaysInterleave]
    Task<long> BeginAsync(Erasure erasure, long after);

    /// <summary>Takes note that an erasure is applied and its receipt stored. Idempotent.</summary>
    /// <param name="number">Its number.</param>
    /// <returns>When it is noted.</returns>
    [Alias("End"), AlwaysInterleave]
    Task EndAsync(long number);

    /// <summary>Applies what was written down of a population and, by what is stored, is not applied. Nothing trains before. Idempotent.</summary>
    /// <param name="population">The population.</param>
    /// <returns>When it is applied.</returns>
    [Alias("Reapply"), AlwaysInterleave, ResponseTimeout("01:00:00")]
    Task ReapplyAsync(string population);

    /// <summary>The populations of which something is written down and not applied.</summary>
    /// <returns>Their names.</returns>
    [Alias("GetUnapplied"), AlwaysInterleave]
    Task<string[]> GetUnappliedAsync();
}
