using System.Buffers;
using System.Text;

namespace Sheaf.Learning.Text;

/// <summary>Reads a text word by word, as <see cref="WordSplitter"/> splits it. Dispose of it: its buffers go back to a pool, cleared.</summary>
internal ref struct WordReader : IDisposable
{
    private readonly char[] _buffer;
    private ReadOnlySpan<char> _rest;

    /// <summary>Begins to read.</summary>
    /// <param name="text">The text.</param>
    public WordReader(ReadOnlySpan<char> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(WordSplitter.BytesMaxOf(text.Length));
        var written = WordSplitter.Write(text, bytes);
        _buffer = ArrayPool<char>.Shared.Rent(written);
        _rest = _buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes.AsSpan(0, written), _buffer));
        // A pool outlives the device: what a device said must not stay in it.
        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    /// <summary>Reads the next word.</summary>
    /// <param name="word">The word, valid until the reader is disposed of; empty at the end.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryRead(out ReadOnlySpan<char> word)
    {
        var length = _rest.IndexOf((char)WordSplitter.Separator);
        word = length < 0 ? default : _rest[..length];
        _rest = length < 0 ? default : _rest[(length + 1)..];
        return length >= 0;
    }

    /// <summary>Gives the buffer back.</summary>
    public readonly void Dispose() => ArrayPool<char>.Shared.Return(_buffer, clearArray: true);
}
