using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;

namespace Sheaf.Grains.Erasures;

/// <summary>Keeps, beside the journal, up to which erasure all are applied: where the storage is older than the journal, that says so.</summary>
internal sealed class ErasureLogGrain(
    [PersistentState(StorageNames.Erasures, StorageNames.Provider)] IPersistentState<ErasureLogState> state, IErasureJournal journal) : Grain, IErasureLog
{
    private readonly SerialWriter _writer = new(() => state.WriteStateAsync());
    private readonly SortedDictionary<long, Erasure> _open = [];
    private readonly Dictionary<string, Task> _reapplying = new(StringComparer.Ordinal);
    private readonly HashSet<long> _begun = [];
    private long _last;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var (number, erasure) in await journal.ReadAsync(state.State.Applied))
        {
            _open.Add(number, erasure);
        }

        _last = _open.Count == 0 ? state.State.Applied : _open.Keys.Max();
    }

    public async Task<long> BeginAsync(Erasure erasure)
    {
        var number = await journal.AppendAsync(erasure);
        _open.Add(number, erasure);
        _begun.Add(number);
        _last = Math.Max(_last, number);
        return number;
    }

    public async Task EndAsync(long number)
    {
        _open.Remove(number);
        _begun.Remove(number);
        var applied = _open.Count == 0 ? _last : _open.Keys.First() - 1;
        if (applied > state.State.Applied)
        {
            // How far it is may be behind, never ahead: applying an erasure again changes nothing.
            state.State.Applied = applied;
            await _writer.WriteAsync();
        }
    }

    public async Task ReapplyAsync(string population)
    {
        if (!_reapplying.TryGetValue(population, out var running))
        {
            _reapplying.Add(population, running = ReapplyOnceAsync(population));
        }

        try
        {
            await running;
        }
        finally
        {
            _reapplying.Remove(population);
        }
    }

    public Task<string[]> GetUnappliedAsync() =>
        Task.FromResult(_open.Where(pair => !_begun.Contains(pair.Key)).Select(pair => pair.Value.Population).Distinct(StringComparer.Ordinal).ToArray());

    private async Task ReapplyOnceAsync(string population)
    {
        // Those that are under way here are applied by whoever began them.
        var left = _open.Where(pair => pair.Value.Population == population && !_begun.Contains(pair.Key)).ToArray();
        if (left.Length == 0 || await GrainFactory.GetGrain<IPopulationTasks>(population).DescribeAsync() is null)
        {
            // A population that the storage does not know asks again when it is registered.
            return;
        }

        foreach (var (number, erasure) in left)
        {
            await GrainFactory.GetGrain<IDeviceErasure>(DeviceKey.Of(population, erasure.DeviceId)).ReapplyAsync(number, erasure);
            await EndAsync(number);
        }
    }
}

/// <summary>What is stored of the log.</summary>
[GenerateSerializer, Alias("sheaf.ErasureLogState")]
internal sealed class ErasureLogState
{
    /// <summary>All erasures up to this number are applied.</summary>
    [Id(0)]
    public long Applied { get; set; }
}
