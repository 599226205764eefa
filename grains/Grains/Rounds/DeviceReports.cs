using Orleans.Storage;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// What devices reported when they last took part, for strategies that go by it: read from the rows of committed rounds and nowhere else, so that a
/// coordinator that starts anew knows exactly what the one before it knew. Used from its coordinator's turns only.
/// </summary>
/// <remarks>
/// <para>Held in memory: one entry for every device that has ever taken part, about 100 bytes each. A coordinator that starts anew reads one row for
/// every round that is over.</para>
/// <para>An erased device counts as one that never took part until it takes part again. Its numbers stay in the rows of old rounds, as its id does; a
/// row of its own says from which round on they may be used.</para>
/// </remarks>
/// <param name="log">The rounds.</param>
/// <param name="storage">The coordinator's storage.</param>
/// <param name="coordinator">The coordinator.</param>
internal sealed class DeviceReports(RoundLog log, IGrainStorage storage, GrainId coordinator)
{
    private const string ErasedName = "erased-reports";

    private readonly Dictionary<string, DeviceReport> _last = new(StringComparer.Ordinal);
    private GrainState<ErasedReports>? _erased;
    private SerialWriter? _writer;
    private int _through;

    /// <summary>Rises with every erase: a draw that has begun before must begin anew.</summary>
    public int Erases { get; private set; }

    /// <summary>What is known after some rounds.</summary>
    /// <param name="round">The last of them; all are over.</param>
    /// <returns>The last report of each device that took part. Changes with the next call and the next erase.</returns>
    public async Task<IReadOnlyDictionary<string, DeviceReport>> AfterAsync(int round)
    {
        while (_through < round)
        {
            var next = _through + 1;
            var participants = await log.ReadReportsAsync(next);
            var erased = (await ReadAsync()).State!.Rounds;
            foreach (var (device, value) in participants)
            {
                if (next > erased.GetValueOrDefault(device))
                {
                    _last[device] = new DeviceReport(next, value);
                }
            }

            _through = next;
        }

        return _last;
    }

    /// <summary>Lets no later round use what a device has reported. Idempotent.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="round">The round under way, or the last one: what it reports up to then does not count.</param>
    /// <returns>When it is stored.</returns>
    public async Task ForgetAsync(string deviceId, int round)
    {
        _writer ??= new SerialWriter(WriteAsync);
        GrainState<ErasedReports> row;
        do
        {
            row = await ReadAsync();
            var erased = row.State!.Rounds;
            erased[deviceId] = Math.Max(round, erased.GetValueOrDefault(deviceId));
            _last.Remove(deviceId);
            Erases++;
            await _writer.WriteAsync();
        }
        while (row != _erased);
    }

    /// <summary>Goes back with the task: what a device reports after the round it went back to is news, whatever it erased before. Idempotent.</summary>
    /// <param name="round">The round.</param>
    /// <returns>When it is stored.</returns>
    public async Task GoBackAsync(int round)
    {
        var row = await ReadAsync();
        var erased = row.State!.Rounds;
        foreach (var (device, last) in erased.Where(pair => pair.Value > round).ToArray())
        {
            erased[device] = Math.Min(last, round);
            await (_writer ??= new SerialWriter(WriteAsync)).WriteAsync();
        }
    }

    private async Task<GrainState<ErasedReports>> ReadAsync()
    {
        if (_erased is null)
        {
            var row = new GrainState<ErasedReports>(new ErasedReports());
            await storage.ReadStateAsync(ErasedName, coordinator, row);
            row.State ??= new ErasedReports();
            // Of two erases that read at once the first one's row is kept.
            _erased ??= row;
        }

        return _erased;
    }

    private async Task WriteAsync()
    {
        if (_erased is not { } row)
        {
            // The write before has failed: whoever waited for this one notes its device again.
            return;
        }

        try
        {
            await storage.WriteStateAsync(ErasedName, coordinator, row);
        }
        catch
        {
            // What is in memory is not what is stored.
            _erased = null;
            throw;
        }
    }
}

/// <summary>What a device reported.</summary>
/// <param name="Round">The round.</param>
/// <param name="Value">What the strategy asks for: its loss, or its utility.</param>
internal readonly record struct DeviceReport(int Round, float Value);

/// <summary>What is stored of erased devices.</summary>
[GenerateSerializer, Alias("sheaf.ErasedReports")]
internal sealed class ErasedReports
{
    /// <summary>By device id the last round whose report must not be used.</summary>
    [Id(0)]
    public Dictionary<string, int> Rounds { get; set; } = new(StringComparer.Ordinal);
}
