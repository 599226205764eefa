using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Stores copies of a silo's sums, one row a chunk beside the row of the task's coordinator, straight from this silo: no other one sees a vector.
/// Thread-safe.
/// </summary>
internal sealed class StoredSums(IServiceProvider services, IGrainFactory grains, SiloSums sums, SumPool pool)
{
    private readonly Lock _lock = new();
    private readonly List<(RoundKey Round, int Generation, Task Writing)> _writing = [];

    private IGrainStorage Storage => services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider);

    /// <summary>Stores a sum as it is now; what is merged meanwhile is not in the copy.</summary>
    /// <param name="round">The round.</param>
    /// <param name="silo">This silo, as the ledger names it.</param>
    /// <param name="generation">Which of its sums.</param>
    /// <param name="name">A name that nothing was ever stored under.</param>
    /// <returns>The copy; null when the sum is not there or is dropped before the copy is whole, of which parts may then be stored.</returns>
    public async Task<StoredSum?> WriteAsync(RoundKey round, string silo, int generation, StoredName name)
    {
        // Known before the copy is made: whoever drops the sum after that finds it.
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _writing.RemoveAll(known => known.Writing.IsCompleted);
            _writing.Add((round, generation, writing.Task));
        }

        try
        {
            return await WriteOnceAsync(round, silo, generation, name);
        }
        finally
        {
            writing.SetResult();
        }
    }

    /// <summary>Waits for copies of sums that are dropped: they end at their next chunk.</summary>
    /// <param name="round">The round.</param>
    /// <param name="generation">The generation that is collected from now on.</param>
    /// <returns>When nothing is written any more of older generations, rounds and epochs of the task.</returns>
    public async Task EndAsync(RoundKey round, int generation)
    {
        Task[] older;
        lock (_lock)
        {
            older = [.. _writing.Where(known => known.Round.Task == round.Task && IsOlder(known.Round, known.Generation)).Select(known => known.Writing)];
        }

        await Task.WhenAll(older);

        bool IsOlder(RoundKey known, int of) => (known.Epoch, known.Round, of).CompareTo((round.Epoch, round.Round, generation)) < 0;
    }

    /// <summary>Adds a stored copy to a sum.</summary>
    /// <param name="task">The task.</param>
    /// <param name="stored">The copy.</param>
    /// <param name="sum">What it is added to; of no use when the answer is false.</param>
    /// <returns>Whether it was there, whole and undamaged.</returns>
    public async Task<bool> AddAsync(string task, StoredSum stored, FixedPointSum sum)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var chunk in stored.Chunks)
        {
            var row = await ReadAsync(task, stored.Name, chunk);
            if (!row.RecordExists || row.State!.Bytes.Length > (sum.Units.Length - (chunk * SumChunks.Units)) * sizeof(long))
            {
                return false;
            }

            hash.AppendData(row.State.Bytes);
            SumChunks.Add(sum, chunk, row.State.Bytes);
        }

        sum.AddCounts(stored.WeightUnits, stored.Updates);
        return hash.GetCurrentHash().AsSpan().SequenceEqual(stored.Hash);
    }

    /// <summary>Deletes whatever is stored under some names. Idempotent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="names">The names.</param>
    /// <param name="chunks">How many chunks a sum of the task has.</param>
    /// <returns>When it is gone.</returns>
    public async Task DeleteAsync(string task, IEnumerable<StoredName> names, int chunks)
    {
        foreach (var name in names)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                var row = await ReadAsync(task, name, chunk);
                if (row.RecordExists)
                {
                    await Storage.ClearStateAsync(StateOf(name, chunk), OwnerOf(task), row);
                }
            }
        }
    }

    private async Task<StoredSum?> WriteOnceAsync(RoundKey round, string silo, int generation, StoredName name)
    {
        if (sums.Copy(round, generation) is not var (copy, slices))
        {
            return null;
        }

        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunks = new List<int>();
            for (var chunk = 0; chunk < SumChunks.CountOf(copy.Units.Length); chunk++)
            {
                if (!sums.IsCollected(round, generation))
                {
                    return null;
                }

                if (SumChunks.Cut(copy, chunk) is { Length: > 0 } bytes)
                {
                    hash.AppendData(bytes);
                    chunks.Add(chunk);
                    await Storage.WriteStateAsync(
                        StateOf(name, chunk), OwnerOf(round.Task), new GrainState<SumChunkState>(new SumChunkState { Bytes = bytes }));
                }
            }

            return new StoredSum(silo, generation, name, slices, copy.Updates, copy.WeightUnits, [.. chunks], hash.GetCurrentHash());
        }
        finally
        {
            pool.Return(copy);
        }
    }

    private async Task<GrainState<SumChunkState>> ReadAsync(string task, StoredName name, int chunk)
    {
        var row = new GrainState<SumChunkState>(new SumChunkState());
        await Storage.ReadStateAsync(StateOf(name, chunk), OwnerOf(task), row);
        return row;
    }

    private GrainId OwnerOf(string task) => grains.GetGrain<IRoundCoordinator>(task).GetGrainId();

    private static string StateOf(StoredName name, int chunk) => string.Create(CultureInfo.InvariantCulture, $"sum-{name.Epoch}-{name.Number}-{chunk}");
}

/// <summary>One stored chunk of a sum.</summary>
[GenerateSerializer, Alias("sheaf.SumChunkState")]
internal sealed class SumChunkState
{
    /// <summary>The units as bytes.</summary>
    [Id(0)]
    public byte[] Bytes { get; set; } = [];
}
