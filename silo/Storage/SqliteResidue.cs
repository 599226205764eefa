using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sheaf.Silo.Storage;

/// <summary>
/// Looks for texts in the parts of a SQLite database file that hold no row. When SQLite moves rows between neighbouring pages of a tree it
/// leaves copies behind in what has become free space, which <c>secure_delete</c> does not know of. Used by one caller at a time.
/// </summary>
/// <param name="file">The database file, whose write-ahead log must be empty for the answer to be complete.</param>
/// <remarks>File format: sqlite.org/fileformat2.html, §1.6.</remarks>
internal sealed class SqliteResidue(string file) : IDisposable
{
    // Long enough that texts of other devices are rarely mistaken for one that was erased, short enough that a torn copy is found.
    private const int WindowBytes = 16;
    private const int StrideBytes = 8;
    private const int KeyBytes = sizeof(ulong);
    private const int PagesAtOnce = 256;

    // Kept open: closing any handle of a file gives up all locks that the process holds on it, SQLite's own too (POSIX).
    private SafeFileHandle? _handle;

    /// <summary>Whether anything of some texts is left: one that is shorter than 16 bytes as a whole, of a longer one any 23 bytes.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>True when something is.</returns>
    public bool Has(IReadOnlyCollection<string> texts)
    {
        var needles = Needles.Of(texts);
        if (needles.IsEmpty)
        {
            return false;
        }

        _handle ??= File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[18];
        if (RandomAccess.Read(_handle, header, 0) < header.Length)
        {
            return false;
        }

        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is var stored && stored == 1 ? 65_536 : stored;
        var buffer = new byte[pageBytes * PagesAtOnce];
        for (var at = 0L; RandomAccess.Read(_handle, buffer, at) is > 0 and var read; at += buffer.Length)
        {
            for (var start = 0; start + pageBytes <= read; start += pageBytes)
            {
                if (HasFree(buffer.AsSpan(start, pageBytes), isFirst: at == 0 && start == 0, needles))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();

    private static bool HasFree(ReadOnlySpan<byte> page, bool isFirst, Needles needles)
    {
        var head = isFirst ? 100 : 0;
        if (page[head] is not (2 or 5 or 10 or 13))
        {
            // An overflow page: it is zeroed as a whole when its row goes.
            return false;
        }

        var cells = BinaryPrimitives.ReadUInt16BigEndian(page[(head + 3)..]);
        var content = BinaryPrimitives.ReadUInt16BigEndian(page[(head + 5)..]) is var stored && stored == 0 ? 65_536 : stored;
        var free = head + (page[head] is 2 or 5 ? 12 : 8) + (cells * 2);
        if (content > page.Length || free > content)
        {
            return false;
        }

        if (needles.AreIn(page[free..content]))
        {
            return true;
        }

        var block = BinaryPrimitives.ReadUInt16BigEndian(page[(head + 1)..]);
        while (block >= content && block + 4 <= page.Length)
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(page[(block + 2)..]);
            if (size < 4 || block + size > page.Length)
            {
                break;
            }

            if (needles.AreIn(page.Slice(block, size)))
            {
                return true;
            }

            var next = BinaryPrimitives.ReadUInt16BigEndian(page[block..]);
            if (next <= block)
            {
                break;
            }

            block = next;
        }

        return false;
    }

    /// <summary>What is looked for: windows of the texts by their first bytes.</summary>
    private sealed class Needles
    {
        private readonly Dictionary<ulong, List<byte[]>> _byKey = [];
        private readonly List<byte[]> _tiny = [];

        public bool IsEmpty => _byKey.Count == 0 && _tiny.Count == 0;

        public static Needles Of(IReadOnlyCollection<string> texts)
        {
            var needles = new Needles();
            foreach (var bytes in texts.Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes).Where(bytes => bytes.Length > 0))
            {
                if (bytes.Length < KeyBytes)
                {
                    needles._tiny.Add(bytes);
                }
                else if (bytes.Length < WindowBytes)
                {
                    needles.Add(bytes);
                }

                for (var start = 0; start + WindowBytes <= bytes.Length; start += StrideBytes)
                {
                    needles.Add(bytes[start..(start + WindowBytes)]);
                }
            }

            return needles;
        }

        public bool AreIn(ReadOnlySpan<byte> free)
        {
            foreach (var tiny in _tiny)
            {
                if (free.IndexOf(tiny) >= 0)
                {
                    return true;
                }
            }

            // Free space is mostly zeros, and no text is.
            for (var at = free.IndexOfAnyExcept((byte)0); at >= 0 && at + KeyBytes <= free.Length; at++)
            {
                var key = BinaryPrimitives.ReadUInt64LittleEndian(free[at..]);
                if (_byKey.TryGetValue(key, out var windows) && IsAnyAtStartOf(free[at..], windows))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool IsAnyAtStartOf(ReadOnlySpan<byte> free, List<byte[]> windows)
        {
            foreach (var window in windows)
            {
                if (free.StartsWith(window))
                {
                    return true;
                }
            }

            return false;
        }

        private void Add(byte[] window)
        {
            var key = BinaryPrimitives.ReadUInt64LittleEndian(window);
            if (!_byKey.TryGetValue(key, out var windows))
            {
                _byKey.Add(key, windows = []);
            }

            windows.Add(window);
        }
    }
}
