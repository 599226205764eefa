using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sheaf.Silo.Security;

/// <summary>Adds lines to a silo's audit log; each is on the disk when the call returns. Thread-safe.</summary>
/// <param name="options">Where it is. The file may be moved away between two lines; the next one begins a new file.</param>
internal sealed class AuditLog(AuditOptions options) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _calls;

    /// <summary>Numbers a call.</summary>
    /// <returns>The number, from 1.</returns>
    public long NextCall() => Interlocked.Increment(ref _calls);

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>When it is on the disk.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be written.</exception>
    public async Task AppendAsync(AuditLine line)
    {
        var text = JsonSerializer.Serialize(line, Json) + "\n";
        await _turn.WaitAsync();
        try
        {
            await using var stream = new FileStream(options.File, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            // What was being written when a silo died must not run into this line.
            var cut = stream.Length > 0 && LastByte(stream) != '\n';
            stream.Seek(0, SeekOrigin.End);
            stream.Write(Encoding.UTF8.GetBytes(cut ? "\n" + text : text));
            stream.Flush(flushToDisk: true);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private static int LastByte(FileStream stream)
    {
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte();
    }
}
