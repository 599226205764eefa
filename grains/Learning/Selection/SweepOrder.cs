using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>The order of all devices in one sweep: each has a pseudo-random key of its own, and keys ascend.</summary>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Sweep">The sweep, starting at 0.</param>
/// <param name="BucketBits">Keys fall into buckets by so many leading bits, so that shards can be asked for part of the order.</param>
public readonly record struct SweepOrder(ulong Seed, long Sweep, int BucketBits)
{
    /// <summary>How many buckets there are.</summary>
    public int Buckets => 1 << BucketBits;

    /// <summary>The key of a device.</summary>
    /// <param name="position">Its position.</param>
    /// <returns>A pseudo-random value.</returns>
    public ulong KeyOf(ulong position) => Prf.Value(Seed, Purpose.SweepOrder, (ulong)Sweep, position);

    /// <summary>The bucket of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>A bucket in [0, <see cref="Buckets"/>), ascending with the keys.</returns>
    public int BucketOf(ulong key) => BucketBits == 0 ? 0 : (int)(key >> (64 - BucketBits));
}

/// <summary>A device in the order of a sweep.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Position">Its position.</param>
/// <param name="Index">Its index in the arrays from which the shard was built.</param>
public readonly record struct SweptDevice(ulong Key, ulong Position, int Index);
