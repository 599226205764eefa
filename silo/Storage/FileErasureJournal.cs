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
internal sealed class FileErasureJournal(string file) : IErasureJournal
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock _lock = new();
    private (long Number, long Length)? _last;

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(Erasure erasure, long after)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(Guard(() => Append(erasure, after)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournaledErasure>> ReadAsync(long after)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<JournaledErasure>>([.. Guard(Read).Where(erasure => erasure.Number > after)]);
        }
    }

    private long Append(Erasure erasure, long after)
    {
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
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

    private List<JournaledErasure> Read()
    {
        if (!File.Exists(file))
        {
            return [];
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Parse(TextOf(stream));
    }

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

    private T Guard<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageFailedException(
                $"The journal of erasures '{file}' cannot be read or written: {exception.Message.TrimEnd('.')}. Free space on its disk, or mend its permissions, and try again.",
                isPassing: true,
                exception);
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
