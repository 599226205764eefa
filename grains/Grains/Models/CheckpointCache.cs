using System.Diagnostics;
using Orleans.Concurrency;
using Sheaf.Grains.Telemetry;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Grains.Models;

/// <summary>
/// A silo's copies of the checkpoints in use, by content. However many slices ask at once, a silo reads a blob once. Thread-safe.
/// </summary>
internal sealed class CheckpointCache(IGrainFactory grains)
{
    private const int BlobsMax = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<Blob>> _blobs = [];
    private readonly Queue<string> _order = new();

    /// <summary>The bytes of a blob, from this silo or from storage.</summary>
    /// <param name="task">The task it belongs to.</param>
    /// <param name="blob">The blob.</param>
    /// <returns>Its bytes, not to be changed.</returns>
    /// <exception cref="InvalidDataException">What is stored has another hash than its name.</exception>
    public async Task<byte[]> ReadAsync(string task, BlobRef blob) => (await FindAsync(task, blob)).Bytes;

    /// <summary>The parameters that a blob holds, decoded once for all slices of the silo.</summary>
    /// <param name="task">The task it belongs to.</param>
    /// <param name="blob">The blob.</param>
    /// <returns>The parameters, not to be changed.</returns>
    /// <exception cref="InvalidDataException">What is stored has another hash than its name.</exception>
    public async Task<float[]> ReadParametersAsync(string task, BlobRef blob) => (await FindAsync(task, blob)).Parameters;

    /// <summary>Stores a blob and keeps it here.</summary>
    /// <param name="task">The task it belongs to.</param>
    /// <param name="bytes">Its bytes, not to be changed afterwards.</param>
    /// <returns>Its name.</returns>
    public async Task<BlobRef> WriteAsync(string task, byte[] bytes)
    {
        var began = Stopwatch.GetTimestamp();
        var blob = new BlobRef(Checkpoint.HashOf(bytes), bytes.Length);
        var model = grains.GetGrain<IModel>(task);
        foreach (var chunk in blob.Chunks)
        {
            var from = chunk.Index * BlobRef.ChunkBytesMax;
            await model.PutChunkAsync(chunk, bytes[from..Math.Min(bytes.Length, from + BlobRef.ChunkBytesMax)].AsImmutable());
        }

        SheafMetrics.CountCheckpoint(task, bytes.Length, Stopwatch.GetElapsedTime(began));
        lock (_lock)
        {
            if (!_blobs.ContainsKey(blob.Hash))
            {
                Remember(blob.Hash, Task.FromResult(new Blob(bytes)));
            }
        }

        return blob;
    }

    private async Task<Blob> FindAsync(string task, BlobRef blob)
    {
        Task<Blob> reading;
        lock (_lock)
        {
            if (!_blobs.TryGetValue(blob.Hash, out reading!))
            {
                reading = LoadAsync(task, blob);
                Remember(blob.Hash, reading);
            }
        }

        try
        {
            return await reading;
        }
        catch when (Forget(blob.Hash, reading))
        {
            throw;
        }
    }

    private async Task<Blob> LoadAsync(string task, BlobRef blob)
    {
        await Task.Yield();
        var bytes = new byte[blob.Length];
        var model = grains.GetGrain<IModel>(task);
        foreach (var chunk in blob.Chunks)
        {
            (await model.GetChunkAsync(chunk)).Value.CopyTo(bytes, chunk.Index * BlobRef.ChunkBytesMax);
        }

        var hash = Checkpoint.HashOf(bytes);
        return hash == blob.Hash
            ? new Blob(bytes)
            : throw new InvalidDataException($"Checkpoint {blob.Hash} of task '{task}' is damaged in storage: its content hashes to {hash}. Restore the database.");
    }

    private void Remember(string hash, Task<Blob> reading)
    {
        _blobs[hash] = reading;
        _order.Enqueue(hash);
        while (_order.Count > BlobsMax)
        {
            _blobs.Remove(_order.Dequeue());
        }
    }

    private bool Forget(string hash, Task<Blob> reading)
    {
        lock (_lock)
        {
            // A failed read must not be handed to the next who asks; it stays in the queue, which only counts.
            if (_blobs.TryGetValue(hash, out var known) && known == reading)
            {
                _blobs.Remove(hash);
            }
        }

        return true;
    }

    private sealed class Blob(byte[] bytes)
    {
        private readonly Lazy<float[]> _parameters = new(() => Checkpoint.Decode(bytes));

        public byte[] Bytes => bytes;

        public float[] Parameters => _parameters.Value;
    }
}
