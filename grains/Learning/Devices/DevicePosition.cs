using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Devices;

/// <summary>
/// Where a device stands in the hash space: 64 bits that fix its shard, its place in every selection tree and its random streams.
/// </summary>
/// <remarks>
/// An id that is a plain decimal number (the ids of generated devices) is mixed as a number, so that a shard finds its
/// part of a generated population without formatting a string; every other id is hashed as UTF-8 by XxHash64.
/// </remarks>
public static class DevicePosition
{
    private const int DigitsMax = 18;

    /// <summary>The position of a device.</summary>
    /// <param name="deviceId">Its id within the population.</param>
    /// <returns>A position uniform over all 64 bits.</returns>
    public static ulong Of(ReadOnlySpan<char> deviceId) =>
        IsCanonicalNumber(deviceId)
            ? OfIndex(ulong.Parse(deviceId, NumberStyles.None, CultureInfo.InvariantCulture))
            : XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(deviceId.ToString()));

    /// <summary>The position of the device whose id is a number.</summary>
    /// <param name="index">The number.</param>
    /// <returns>The same as <see cref="Of"/> for the number's decimal text.</returns>
    public static ulong OfIndex(ulong index) => Prf.Mix(unchecked(index + Prf.GoldenGamma));

    /// <summary>The shard of a position: its leading bits.</summary>
    /// <param name="position">The position.</param>
    /// <param name="shardCount">A power of two from 1 to 65,536.</param>
    /// <returns>A shard in [0, shardCount).</returns>
    public static int ShardOf(ulong position, int shardCount)
    {
        EnsureShardCount(shardCount);
        return shardCount == 1 ? 0 : (int)(position >> (64 - int.Log2(shardCount)));
    }

    /// <summary>Refuses a shard count that is not a power of two from 1 to 65,536.</summary>
    /// <param name="shardCount">The count to check.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of range.</exception>
    public static void EnsureShardCount(int shardCount)
    {
        if (!int.IsPow2(shardCount) || shardCount is < 1 or > 65_536)
        {
            throw new ArgumentOutOfRangeException(nameof(shardCount), shardCount, "A shard count is a power of two from 1 to 65,536.");
        }
    }

    private static bool IsCanonicalNumber(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > DigitsMax || (id.Length > 1 && id[0] == '0'))
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}
