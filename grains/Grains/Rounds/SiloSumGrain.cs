using System.Collections.Immutable;
using Orleans.Concurrency;
using Orleans.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>Reads the sums of the silo it happens to live on; if that is not the silo in the question, the answer is that the sum is gone.</summary>
[RandomPlacement]
internal sealed class SiloSumGrain(SiloSums sums, InputSums inputs, StoredSums stored, SliceSessions sessions, ILocalSiloDetails home) : Grain, ISiloSum
{
    public Task<SiloSumHeader?> OpenAsync(SiloSumQuery query) =>
        Task.FromResult(Find(query) is { } sum ? new SiloSumHeader(sum.Updates, sum.WeightUnits) : null);

    public Task<Immutable<byte[]>?> ReadChunkAsync(SiloSumQuery query, int chunk) =>
        Task.FromResult(Find(query) is { } sum ? SumChunks.Cut(sum, chunk).AsImmutable() : (Immutable<byte[]>?)null);

    public Task<StoredSum?> StoreAsync(RoundKey round, string silo, int generation, StoredName name) =>
        IsOwn(silo) ? stored.WriteAsync(round, silo, generation, name) : Task.FromResult<StoredSum?>(null);

    public Task DeleteStoredAsync(string task, ImmutableArray<StoredName> names, int chunks) => stored.DeleteAsync(task, names, chunks);

    public async Task DropAsync(RoundKey round, string silo, int generation)
    {
        // When that silo is dead the window opens on another one, whose own sum is none of this call's business.
        if (IsOwn(silo))
        {
            sums.Drop(round, generation);
            inputs.Drop(round, generation);
            await stored.EndAsync(round, generation);
        }
    }

    public async Task RetireAsync(RoundKey round, string silo)
    {
        if (IsOwn(silo))
        {
            sums.Drop(round, generation: 1);
            inputs.Drop(round, generation: 1);
            await stored.EndAsync(round, generation: 1);
            await sessions.RetireAsync(round.Task, round.Epoch);
        }

        DeactivateOnIdle();
    }

    public async Task ReleaseAsync(RoundKey round)
    {
        sums.Release(round);
        inputs.Release(round);
        await stored.EndAsync(round, int.MaxValue);
        DeactivateOnIdle();
    }

    private bool IsOwn(string silo) => silo == home.SiloAddress.ToParsableString();

    private FixedPointSum? Find(SiloSumQuery query) =>
        IsOwn(query.Silo) ? sums.Find(query.Round, query.Generation, query.Slices) : null;
}
