using System.Text;

namespace Sheaf.Client.Data;

/// <summary>Reads a text line by line, in bounded memory whatever the length of a line. Not thread-safe.</summary>
/// <param name="reader">The text; disposed with this.</param>
/// <param name="lengthMax">The longest line, in UTF-16 code units, that is returned whole.</param>
internal sealed class BoundedLineReader(TextReader reader, int lengthMax) : IDisposable
{
    private readonly StringBuilder _line = new();
    private readonly char[] _buffer = new char[1 << 14];
    private int _start;
    private int _end;

    /// <summary>The number of the line that was read last, the first being 1.</summary>
    public long LineNumber { get; private set; }

    /// <summary>Reads a line; it ends with LF or CR LF.</summary>
    /// <param name="line">The line without its end; of one that is too long, its beginning.</param>
    /// <param name="isTooLong">Whether it was longer than the limit.</param>
    /// <returns>False at the end of the text.</returns>
    public bool TryRead(out string line, out bool isTooLong)
    {
        _line.Clear();
        isTooLong = false;
        var isEnd = true;
        while (_start < _end || Fill())
        {
            isEnd = false;
            var rest = _buffer.AsSpan(_start, _end - _start);
            var length = rest.IndexOf('\n');
            var part = length < 0 ? rest : rest[..length];
            isTooLong |= part.Length > lengthMax - _line.Length;
            _line.Append(part[..Math.Min(part.Length, lengthMax - _line.Length)]);
            _start += length < 0 ? rest.Length : length + 1;
            if (length >= 0)
            {
                break;
            }
        }

        LineNumber += isEnd ? 0 : 1;
        line = _line.ToString();
        line = line.EndsWith('\r') ? line[..^1] : line;
        return !isEnd;
    }

    /// <summary>Disposes the text.</summary>
    public void Dispose() => reader.Dispose();

    private bool Fill()
    {
        (_start, _end) = (0, reader.Read(_buffer, 0, _buffer.Length));
        return _end > 0;
    }
}
