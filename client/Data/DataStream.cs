using System.IO.Compression;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Data;

/// <summary>Opens a data file as a stream of its plain bytes, whether it is compressed with gzip or not.</summary>
internal static class DataStream
{
    private const int BufferBytes = 1 << 16;

    // Without this switch GZipStream takes a file that was cut short for a complete one. It is read when the first stream is made.
    static DataStream() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Opens a file; its first two bytes, not its name, say whether it is compressed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The plain bytes; disposing it closes the file.</returns>
    /// <exception cref="DataFileException">The file does not exist, is no regular file, or may not be read.</exception>
    public static Stream Open(string path)
    {
        EnsureFile(path);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
            if (!file.CanSeek)
            {
                throw Refused(path, "It is not a regular file, and it has to be read twice. Save it to a file first.");
            }

            var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw Refused(path, $"It cannot be read: {e.Message.TrimEnd('.')}. Check its permissions.", e);
        }
        catch (DataFileException)
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a path that leads to no file.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="DataFileException">It is empty, a folder, or does not exist.</exception>
    public static void EnsureFile(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            const string remedy = "Name a .tsv, .csv, .jsonl or .ndjson file, with .gz or without.";
            throw Refused(Quoting.Shorten(path), $"Its path is empty, or holds a character with code 0. {remedy}");
        }

        if (Directory.Exists(path))
        {
            throw Refused(path, "It is a folder. Name one file in it.");
        }

        if (!File.Exists(path))
        {
            throw Refused(path, $"It does not exist: there is no '{Path.GetFullPath(path)}'. Check the path, or give a full one.");
        }
    }

    private static DataFileException Refused(string path, string what, Exception? cause = null)
    {
        var report = new DataReport(path);
        report.AddFirst(null, what);
        return new DataFileException(report, cause);
    }
}
