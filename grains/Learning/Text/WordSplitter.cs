using System.Globalization;
using System.Text;

namespace Sheaf.Learning.Text;

/// <summary>Splits text into words, the same for every task.</summary>
/// <remarks>
/// A word is a run of letters, their combining marks, digits and apostrophes, lower-cased (invariant), with apostrophes at its ends
/// taken off and ’ read as '. Everything else separates.
/// </remarks>
internal static class WordSplitter
{
    /// <summary>What <see cref="Write"/> writes after each word.</summary>
    public const byte Separator = (byte)' ';

    private const byte Apostrophe = (byte)'\'';

    /// <summary>How many bytes the words of a text take at most.</summary>
    /// <param name="length">The UTF-16 units of the text.</param>
    /// <returns>The room that <see cref="Write"/> needs.</returns>
    // A UTF-16 unit takes at most three bytes of UTF-8, lower-cased too; the extra byte is for the last separator.
    public static int BytesMaxOf(int length) => checked((length * 3) + 1);

    /// <summary>Writes the words of a text as UTF-8 with one <see cref="Separator"/> after each.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">Receives the words.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var (length, wordStart) = (0, 0);
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out var rune, out var consumed);
            text = text[consumed..];
            if (rune.Value is '\'' or '’')
            {
                // A word does not start with an apostrophe.
                if (length > wordStart)
                {
                    bytes[length++] = Apostrophe;
                }
            }
            else if (IsOfWord(rune))
            {
                length += Rune.ToLowerInvariant(rune).EncodeToUtf8(bytes[length..]);
            }
            else
            {
                length = wordStart = EndWord(bytes, wordStart, length);
            }
        }

        return EndWord(bytes, wordStart, length);
    }

    private static int EndWord(Span<byte> bytes, int wordStart, int length)
    {
        while (length > wordStart && bytes[length - 1] == Apostrophe)
        {
            length--;
        }

        if (length > wordStart)
        {
            bytes[length++] = Separator;
        }

        return length;
    }

    private static bool IsOfWord(Rune rune) =>
        rune.IsAscii
            ? char.IsAsciiLetterOrDigit((char)rune.Value)
            : Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
