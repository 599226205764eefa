using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>A sum cut into pieces that fit a message and a row of storage.</summary>
internal static class SumChunks
{
    /// <summary>Units per chunk: 512 KiB.</summary>
    public const int Units = 64 * 1024;

    /// <summary>How many chunks a model's sum has.</summary>
    /// <param name="parameters">The length of the model.</param>
    /// <returns>The number of chunks.</returns>
    public static int CountOf(int parameters) => (parameters + Units - 1) / Units;

    /// <summary>Cuts a chunk out.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="chunk">Which one, from 0.</param>
    /// <returns>Its bytes; empty when all are zero.</returns>
    public static byte[] Cut(FixedPointSum sum, int chunk)
    {
        var units = sum.Units[(chunk * Units)..Math.Min(sum.Units.Length, (chunk + 1) * Units)];
        return units.ContainsAnyExcept(0) ? MemoryMarshal.AsBytes(units).ToArray() : [];
    }

    /// <summary>Adds a chunk.</summary>
    /// <param name="sum">What it is added to.</param>
    /// <param name="chunk">Which one.</param>
    /// <param name="bytes">Its bytes; empty when all are zero.</param>
    public static void Add(FixedPointSum sum, int chunk, byte[] bytes) => sum.AddUnits(chunk * Units, MemoryMarshal.Cast<byte, long>(bytes));
}
