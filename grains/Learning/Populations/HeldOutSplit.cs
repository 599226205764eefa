using System.Buffers;
using System.IO.Hashing;
using System.Text;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>
/// Decides which texts are kept from training for evaluation. By text, not by device or row: a sentence that two devices say is on the same
/// side for both, so an evaluation never meets a sentence that was trained on.
/// </summary>
/// <remarks>Texts that differ in case or white space only are the same text.</remarks>
public sealed class HeldOutSplit
{
    /// <summary>The salt of the populations: the same texts are held out of all.</summary>
    public const ulong PopulationSalt = 0;

    private const int StackBytesMax = 512;

    private readonly ulong _salt;

    /// <summary>Fixes a split.</summary>
    /// <param name="salt">Which split: another salt holds out other texts.</param>
    /// <param name="fraction">The fraction of different texts that is held out, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is out of range.</exception>
    public HeldOutSplit(ulong salt, double fraction)
    {
        if (!(fraction is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(fraction), fraction, "Choose a fraction from 0 (nothing) to below 1, so that something is left to train on.");
        }

        (_salt, Fraction) = (salt, fraction);
    }

    /// <summary>The fraction of different texts that is held out.</summary>
    public double Fraction { get; }

    /// <summary>Whether a text is held out.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The same for the same text, in whatever case and spacing.</returns>
    public bool IsHeldOut(ReadOnlySpan<char> text) =>
        Prf.Sequence(_salt, Purpose.HeldOut, HashOf(text)).NextDouble() < Fraction;

    private static ulong HashOf(ReadOnlySpan<char> text)
    {
        // Lower-casing keeps the number of UTF-16 units, and a unit takes at most three bytes of UTF-8.
        var bytesMax = text.Length * 3;
        byte[]? rented = null;
        char[]? rentedChars = null;
        var bytes = bytesMax <= StackBytesMax ? stackalloc byte[StackBytesMax] : rented = ArrayPool<byte>.Shared.Rent(bytesMax);
        var chars = bytesMax <= StackBytesMax ? stackalloc char[StackBytesMax / 3] : rentedChars = ArrayPool<char>.Shared.Rent(text.Length);
        var length = CollapseWhiteSpace(text, chars);
        var written = Encoding.UTF8.GetBytes(chars[..length], bytes);
        var hash = XxHash64.HashToUInt64(bytes[..written]);

        // A pool outlives the device: what a device said must not stay in it.
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            ArrayPool<char>.Shared.Return(rentedChars!, clearArray: true);
        }

        return hash;
    }

    private static int CollapseWhiteSpace(ReadOnlySpan<char> text, Span<char> normalized)
    {
        var length = 0;
        var gap = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                gap = length > 0;
                continue;
            }

            if (gap)
            {
                normalized[length++] = ' ';
                gap = false;
            }

            normalized[length++] = char.ToLowerInvariant(c);
        }

        return length;
    }
}
