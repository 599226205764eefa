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
    private long? _last;

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(Erasure erasure)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(Guard(() => Append(erasure)));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournaledErasure>> ReadAsync(long after)
    {
        lock (_lock)
        {
            var all = Guard(Read);
            // Another silo may have added to it since this one did.
            _last = all.Count;
            return ValueTask.FromResult<IReadOnlyList<JournaledErasure>>([.. all.Skip((int)Math.Min(after, int.MaxValue))]);
        }
    }

    private long Append(Erasure erasure)
    {
        var number = (_last ?? Read().Count) + 1;
        using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        stream.SetLength(EndOf(stream));
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Line.Of(number, erasure), Json) + "\n"));
        stream.Flush(flushToDisk: true);
        _last = number;
        return number;
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
        var erasures = new List<JournaledErasure>();
        if (!File.Exists(file))
        {
            return erasures;
        }

        var text = File.ReadAllText(file);
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            erasures.Add(Parse(line, erasures.Count + 1));
        }

        return erasures;
    }

    private JournaledErasure Parse(string text, int number)
    {
        try
        {
            if (JsonSerializer.Deserialize<Line>(text, Json) is { } line && line.Number == number)
            {
                return line.ToErasure();
            }
        }
        catch (JsonException)
        {
            // Told below, as any line is that is not what was written.
        }

        throw new StorageFailedException(
            string.Create(CultureInfo.InvariantCulture, $"Line {number} of the journal of erasures '{file}' is damaged. Restore it from a copy: without it, what was erased could come back."),
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
