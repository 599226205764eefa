using System.Collections.Immutable;
using System.Globalization;
using Orleans.Storage;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// The records of a task's rounds and who took part, one row a round beside the coordinator's own, so that the row that commits stays small.
/// </summary>
/// <param name="storage">The grain's storage.</param>
/// <param name="coordinator">The coordinator.</param>
/// <remarks>A row remembers the epoch that wrote it: a coordinator that has been superseded cannot write over what its successor has written.</remarks>
internal sealed class RoundLog(IGrainStorage storage, GrainId coordinator)
{
    private readonly TrainedPositions _trained = new();

    /// <summary>Writes a round, over whatever an attempt that was not committed has left.</summary>
    /// <param name="epoch">The coordinator's epoch.</param>
    /// <param name="record">The record.</param>
    /// <param name="cohort">Who took part; null keeps what is written, and says that the record is complete.</param>
    /// <returns>When it is stored.</returns>
    /// <exception cref="SupersededException">A later epoch has written the round.</exception>
    public async Task WriteAsync(long epoch, RoundRecord record, CohortLedger? cohort)
    {
        var row = await ReadAsync(record.Round);
        var state = row.State!;
        if (state.Epoch > epoch)
        {
            throw new SupersededException(coordinator.Key.ToString()!);
        }

        state.Epoch = epoch;
        state.Record = record;
        (state.Cohort, state.IsComplete) = (cohort ?? state.Cohort, cohort is null);
        // What is read while it is being written may be either.
        _trained.Forget(record.Round);
        try
        {
            await storage.WriteStateAsync(NameOf(record.Round), coordinator, row);
        }
        finally
        {
            _trained.Forget(record.Round);
        }
    }

    /// <summary>Reads the records of some rounds.</summary>
    /// <param name="first">The first round.</param>
    /// <param name="last">The last one.</param>
    /// <returns>Their records, ascending.</returns>
    /// <exception cref="InvalidOperationException">A record is missing.</exception>
    public async Task<RoundRecord[]> ReadAsync(int first, int last)
    {
        var records = new List<RoundRecord>();
        for (var round = first; round <= last; round++)
        {
            records.Add((await ReadAsync(round)).State!.Record
                ?? throw new InvalidOperationException($"The record of round {round} of {coordinator} is missing from storage."));
        }

        return [.. records];
    }

    /// <summary>Whether nothing is missing in the record of a round: it was judged, or was not to be.</summary>
    /// <param name="round">The round.</param>
    /// <returns>True when it is so.</returns>
    public async Task<bool> IsCompleteAsync(int round) => (await ReadAsync(round)).State!.IsComplete;

    /// <summary>Reads who was selected for a round.</summary>
    /// <param name="round">The round.</param>
    /// <returns>The ids of its cohort, sorted.</returns>
    /// <exception cref="InvalidOperationException">The row is missing.</exception>
    public async Task<string[]> ReadCohortAsync(int round) => (await ReadAsync(round)).State!.Cohort?.Devices
        ?? throw new InvalidOperationException($"The cohort of round {round} of {coordinator} is missing from storage.");

    /// <summary>Writes how a period began, once.</summary>
    /// <param name="record">The record.</param>
    /// <returns>When it is stored.</returns>
    public async Task WriteAsync(PeriodRecord record)
    {
        var row = new GrainState<PeriodState>(new PeriodState());
        await storage.ReadStateAsync(NameOfPeriod(record.Period), coordinator, row);
        if (row.State?.Record is null)
        {
            row.State = new PeriodState { Record = record };
            await storage.WriteStateAsync(NameOfPeriod(record.Period), coordinator, row);
        }
    }

    /// <summary>Reads how a period began.</summary>
    /// <param name="period">The period.</param>
    /// <returns>The record; null when it has not begun.</returns>
    public async Task<PeriodRecord?> ReadPeriodAsync(int period)
    {
        var row = new GrainState<PeriodState>(new PeriodState());
        await storage.ReadStateAsync(NameOfPeriod(period), coordinator, row);
        return row.State?.Record;
    }

    /// <summary>Reads the updates that a round's checkpoint has.</summary>
    /// <param name="round">The round.</param>
    /// <returns>The ids of the devices; none when it was abandoned.</returns>
    public async Task<IEnumerable<string>> ReadTrainedAsync(int round)
    {
        var state = (await ReadAsync(round)).State!;
        return state is { Record.Abandoned: null, Cohort: { } cohort } ? cohort.TrainedPlaces.Select(place => cohort.Devices[place]) : [];
    }

    /// <summary>Finds the rounds whose checkpoints have an update of a device.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="last">The last round to look at.</param>
    /// <returns>The rounds, ascending. Rows that were read once and have not changed are read again only where the device is in them.</returns>
    public async Task<ImmutableArray<int>> ReadRoundsOfAsync(string deviceId, int last)
    {
        var rounds = ImmutableArray.CreateBuilder<int>();
        for (var round = 1; round <= last; round++)
        {
            if (!_trained.MayHave(round, deviceId))
            {
                continue;
            }

            var version = _trained.Version;
            string[] trained = [.. await ReadTrainedAsync(round)];
            _trained.Remember(round, trained, version);
            if (trained.Contains(deviceId, StringComparer.Ordinal))
            {
                rounds.Add(round);
            }
        }

        return rounds.ToImmutable();
    }

    /// <summary>Reads what a round was and who took part.</summary>
    /// <param name="round">The round.</param>
    /// <returns>Its record and its ledger.</returns>
    /// <exception cref="InvalidOperationException">The row is missing.</exception>
    public async Task<(RoundRecord Record, CohortLedger Cohort)> ReadLedgerAsync(int round)
    {
        return await FindLedgerAsync(round) is ({ } record, { } cohort) ? (record, cohort)
            : throw new InvalidOperationException($"The ledger of round {round} of {coordinator} is missing from storage.");
    }

    /// <summary>Looks for what a round was and who took part.</summary>
    /// <param name="round">The round.</param>
    /// <returns>Its record and its ledger; null for what is missing.</returns>
    public async Task<(RoundRecord? Record, CohortLedger? Cohort)> FindLedgerAsync(int round)
    {
        var state = (await ReadAsync(round)).State!;
        return (state.Record, state.Cohort);
    }

    /// <summary>Reads what the participants of a round reported to the selection.</summary>
    /// <param name="round">The round.</param>
    /// <returns>The ids of the devices whose updates its checkpoint has, each with its number; none when it was abandoned.</returns>
    /// <exception cref="InvalidOperationException">The row is missing, or the round asked for no reports.</exception>
    public async Task<IEnumerable<(string DeviceId, float Report)>> ReadReportsAsync(int round)
    {
        var state = (await ReadAsync(round)).State!;
        if (state is not { Record: { } record, Cohort: { } cohort })
        {
            throw new InvalidOperationException($"The cohort of round {round} of {coordinator} is missing from storage.");
        }

        if (record.Abandoned is not null)
        {
            return [];
        }

        return cohort.Reports.Length == cohort.Devices.Length
            ? Enumerable.Range(0, cohort.Devices.Length).Where(cohort.HasTrained).Select(device => (cohort.Devices[device], cohort.Reports[device]))
            : throw new InvalidOperationException($"The row of round {round} of {coordinator} has no reports of its {cohort.Devices.Length} devices.");
    }

    private static string NameOfPeriod(int period) => string.Create(CultureInfo.InvariantCulture, $"period-{period}");

    private static string NameOf(int round) => string.Create(CultureInfo.InvariantCulture, $"round-{round}");

    private async Task<GrainState<RoundState>> ReadAsync(int round)
    {
        var row = new GrainState<RoundState>(new RoundState());
        await storage.ReadStateAsync(NameOf(round), coordinator, row);
        return row;
    }
}

/// <summary>What is stored of a round.</summary>
[GenerateSerializer, Alias("sheaf.RoundState")]
internal sealed class RoundState
{
    /// <summary>The epoch that wrote the row.</summary>
    [Id(2)]
    public long Epoch { get; set; }

    /// <summary>The record.</summary>
    [Id(0)]
    public RoundRecord? Record { get; set; }

    /// <summary>Who took part.</summary>
    [Id(1)]
    public CohortLedger? Cohort { get; set; }

    /// <summary>Whether the record has its evaluation, or was not to have one. It must not be made again: the population may have moved on.</summary>
    [Id(3)]
    public bool IsComplete { get; set; }
}

/// <summary>Who took part in a round, and what it takes to run it again.</summary>
/// <param name="Devices">The cohort, sorted by id.</param>
/// <param name="Trained">A bit per device: whether its update is in the checkpoint.</param>
/// <param name="Fingerprints">Which examples each device used.</param>
/// <param name="InverseInclusions">How much less likely than an average device each was to be drawn; null when updates are not weighed by it.</param>
/// <param name="Moment">The population's period and time when it ran.</param>
[GenerateSerializer, Immutable, Alias("sheaf.CohortLedger")]
internal sealed record CohortLedger(
    [property: Id(0)] string[] Devices,
    [property: Id(1)] byte[] Trained,
    [property: Id(2)] ulong[] Fingerprints,
    [property: Id(3)] double[]? InverseInclusions,
    [property: Id(5)] PopulationMoment Moment)
{
    /// <summary>The devices whose updates are in the checkpoint: their places in the cohort, ascending.</summary>
    public IEnumerable<int> TrainedPlaces => Enumerable.Range(0, Devices.Length).Where(HasTrained);

    /// <summary>
    /// A number per device whose update is in the checkpoint, from which later cohorts are drawn; empty unless the strategy goes by what devices
    /// report. It stays in the row when a device is erased, but is not used any more: <see cref="DeviceReports"/>.
    /// </summary>
    [Id(4)]
    public float[] Reports { get; init; } = [];

    /// <summary>What the update of each device of the cohort weighs in the checkpoint, in units of 2⁻²⁰; 0 when it has none there. Empty in rows that were
    /// written before weights were.</summary>
    [Id(6)]
    public long[] Weights { get; init; } = [];

    /// <summary>Σ of the weights in the checkpoint, in units of 2⁻²⁰, as the sums that it was made of have it.</summary>
    [Id(7)]
    public long AggregatedWeight { get; init; }

    /// <summary>Whether a device's update is in the checkpoint.</summary>
    /// <param name="device">Its index.</param>
    /// <returns>True when it is.</returns>
    public bool HasTrained(int device) => (Trained[device / 8] & (1 << (device % 8))) != 0;
}

/// <summary>What is stored of a period.</summary>
[GenerateSerializer, Alias("sheaf.PeriodState")]
internal sealed class PeriodState
{
    /// <summary>The record.</summary>
    [Id(0)]
    public PeriodRecord? Record { get; set; }
}
