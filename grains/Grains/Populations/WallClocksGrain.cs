namespace Sheaf.Grains.Populations;

/// <summary>Remembers which populations go by the wall clock.</summary>
internal sealed class WallClocksGrain(
    [PersistentState(StorageNames.Clocks, StorageNames.Provider)] IPersistentState<WallClocksState> state) : Grain, IWallClocks
{
    private readonly SerialWriter _writer = new(() => state.WriteStateAsync());

    public async Task AddAsync(string population)
    {
        // Written also when it is known: the write that should have stored it may have failed.
        state.State.Populations.Add(population);
        await _writer.WriteAsync();
    }

    public Task<string[]> GetAsync() => Task.FromResult(state.State.Populations.ToArray());
}

/// <summary>What is stored of them.</summary>
[GenerateSerializer, Alias("sheaf.WallClocksState")]
internal sealed class WallClocksState
{
    /// <summary>Their names.</summary>
    [Id(0)]
    public HashSet<string> Populations { get; set; } = new(StringComparer.Ordinal);
}
