using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Erasures;

namespace Sheaf.Silo.Storage;

/// <summary>A journal of erasures in a file of JSON lines beside the database, one erasure a line. A line counts when its end is on the disk.</summary>
/// <param name="file">The file; created with the first erasure.</param>
/// <param name="patience">How long it waits for another silo that holds the file; null for two seconds.</param>
internal sealed class FileErasureJournal(string file, TimeSpan? patience = null) : IErasureJournal, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TimeSpan _patience = patience ?? TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (long Number, long Length)? _last;

    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(Erasure erasure, long after) => await GuardAsync(async () =>
    {
        // A shared lock would keep no other silo from writing at the same time, and from giving the same number.
        await using var stream = await OpenAsync(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        return Append(stream, erasure, after);
    });

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournaledErasure>> ReadAsync(long after)
    {
        var erasures = await GuardAsync(ReadAsync);
        return [.. erasures.Where(erasure => erasure.Number > after)];
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private long Append(FileStream stream, Erasure erasure, long after)
    {
        // Another silo may have added to it since this one did, and what failed here may have reached the disk after all.
        if (_last is not { } known || known.Length != stream.Length)
        {
            _last = known = (Parse(TextOf(stream)).LastOrDefault()?.Number ?? 0, 0);
        }

        var number = Math.Max(known.Number, after) + 1;
        stream.SetLength(EndOf(stream));
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Line.Of(number, erasure), Json) + "\n"));
        stream.Flush(flushToDisk: true);
        _last = (number, stream.Length);
        return number;
    }

    private static string TextOf(FileStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return reader.ReadToEnd();
    }

    /// <summary>Where the last whole line ends: what comes after it was never confirmed to anybody.</summary>
    private static long EndOf(FileStream stream)
    {
        var end = stream.Length;
        for (; end > 0; end--)
        {
            stream.Seek(end - 1, SeekOrigin.Begin);
            if (stream.ReadByte() == '\n')
            {
                break;
            }
        }

        return end;
    }

    private async Task<List<JournaledErasure>> ReadAsync()
    {
        if (!File.Exists(file))
        {
            return [];
        }

        await using var stream = await OpenAsync(FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Parse(TextOf(stream));
    }

    private async Task<FileStream> OpenAsync(FileMode mode, FileAccess access, FileShare share)
    {
        var deadline = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(file, mode, access, share);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (Environment.TickCount64 >= deadline)
                {
                    throw new StorageFailedException(
                        string.Create(CultureInfo.InvariantCulture, $"The journal of erasures '{file}' is held by another program, and was for {_patience.TotalSeconds:0.##} seconds. ")
                        + "Stop the other silo that runs on this folder, or end the program, and try again.",
                        isPassing: true,
                        exception);
                }

                await Task.Delay(Pause);
            }
        }
    }

    // EAGAIN of Linux and of macOS, and Windows' sharing violation: .NET has no exception of its own for them.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    // A line whose end is missing was never confirmed to anybody.
    private List<JournaledErasure> Parse(string text)
    {
        var erasures = new List<JournaledErasure>();
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            erasures.Add(Parse(line, erasures.Count + 1, erasures.LastOrDefault()?.Number ?? 0));
        }

        return erasures;
    }

    private JournaledErasure Parse(string text, int at, long before)
    {
        try
        {
            if (JsonSerializer.Deserialize<Line>(text, Json) is { Population: not null, Device: not null } line && line.Number > before)
            {
                return line.ToErasure();
            }
        }
        catch (JsonException)
        {
            // Told below, as any line is that is not what was written.
        }

        throw new StorageFailedException(
            string.Create(CultureInfo.InvariantCulture, $"Line {at} of the journal of erasures '{file}' is damaged. Restore it from a copy: without it, what was erased could come back."),
            isPassing: false);
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        await _turn.WaitAsync();
        try
        {
            return await act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageFailedException(
                $"The journal of erasures '{file}' cannot be read or written: {exception.Message.TrimEnd('.')}. Free space on its disk, or mend its permissions, and try again.",
                isPassing: true,
                exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed record Line(
        long Number,
        string Population,
        string Device,
        DateTimeOffset? From,
        DateTimeOffset? Until,
        string? Label,
        long[]? Ids,
        long UpTo,
        bool Withdrawal,
        DateTimeOffset At)
    {
        public static Line Of(long number, Erasure erasure) => new(
            number,
            erasure.Population,
            erasure.DeviceId,
            erasure.Scope.From,
            erasure.Scope.Until,
            erasure.Scope.Label,
            erasure.Scope.Ids?.ToArray(),
            erasure.UpTo,
            erasure.IsWithdrawal,
            erasure.At);

        public JournaledErasure ToErasure() => new(
            Number, new Erasure(Population, Device, new EraseSpec(From, Until, Label, Ids?.ToImmutableArray()), UpTo, Withdrawal, At));
    }
}
