using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Orleans.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>Reads the sums of the silo it happens to live on; if that is not the silo in the question, the answer is that the sum is gone.</summary>
[RandomPlacement]
internal sealed class SiloSumGrain(SiloSums sums, InputSums inputs, SliceSessions sessions, ILocalSiloDetails home) : Grain, ISiloSum
{
    /// <summary>Units per chunk: 512 KiB.</summary>
    public const int ChunkUnits = 64 * 1024;

    public Task<SiloSumHeader?> OpenAsync(SiloSumQuery query) =>
        Task.FromResult(Find(query) is { } sum ? new SiloSumHeader(sum.Updates, sum.WeightUnits) : null);

    public Task<Immutable<byte[]>?> ReadChunkAsync(SiloSumQuery query, int chunk)
    {
        if (Find(query) is not { } sum)
        {
            return Task.FromResult<Immutable<byte[]>?>(null);
        }

        var units = sum.Units[(chunk * ChunkUnits)..Math.Min(sum.Units.Length, (chunk + 1) * ChunkUnits)];
        byte[] bytes = units.ContainsAnyExcept(0) ? MemoryMarshal.AsBytes(units).ToArray() : [];
        return Task.FromResult<Immutable<byte[]>?>(bytes.AsImmutable());
    }

    public Task DropAsync(RoundKey round, string silo, int generation)
    {
        // When that silo is dead the window opens on another one, whose own sum is none of this call's business.
        if (IsOwn(silo))
        {
            sums.Drop(round, generation);
            inputs.Drop(round, generation);
        }

        return Task.CompletedTask;
    }

    public async Task RetireAsync(RoundKey round, string silo)
    {
        if (IsOwn(silo))
        {
            sums.Drop(round, generation: 1);
            inputs.Drop(round, generation: 1);
            await sessions.RetireAsync(round.Task, round.Epoch);
        }

        DeactivateOnIdle();
    }

    public Task ReleaseAsync(RoundKey round)
    {
        sums.Release(round);
        inputs.Release(round);
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private bool IsOwn(string silo) => silo == home.SiloAddress.ToParsableString();

    private FixedPointSum? Find(SiloSumQuery query) =>
        IsOwn(query.Silo) ? sums.Find(query.Round, query.Generation, query.Slices) : null;
}
