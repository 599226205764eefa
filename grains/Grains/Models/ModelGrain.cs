using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;
using Sheaf.Abstractions.Models;

namespace Sheaf.Grains.Models;

/// <summary>Keeps each chunk as a row of its own, so that a checkpoint of any size is written and read piece by piece.</summary>
internal sealed class ModelGrain(IServiceProvider services) : Grain, IModel, IModelReader
{
    private readonly IGrainStorage _storage = services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider);

    public async Task PutChunkAsync(BlobChunk chunk, Immutable<byte[]> bytes)
    {
        var row = await ReadAsync(chunk);
        if (!row.RecordExists)
        {
            row.State = new ChunkState { Bytes = bytes.Value };
            await _storage.WriteStateAsync(NameOf(chunk), this.GetGrainId(), row);
        }
    }

    public async Task<Immutable<byte[]>> GetChunkAsync(BlobChunk chunk)
    {
        var row = await ReadAsync(chunk);
        return row.RecordExists
            ? row.State!.Bytes.AsImmutable()
            : throw new InvalidOperationException(
                $"Chunk {chunk.Index} of checkpoint {chunk.Hash} of task '{this.GetPrimaryKeyString()}' is not stored. It was removed, or the database is not the task's.");
    }

    public Task<Immutable<byte[]>> ReadChunkAsync(string checkpoint, int index) => GetChunkAsync(new BlobChunk(checkpoint, index));

    public async Task RemoveAsync(BlobRef blob)
    {
        foreach (var chunk in blob.Chunks)
        {
            var row = await ReadAsync(chunk);
            if (row.RecordExists)
            {
                await _storage.ClearStateAsync(NameOf(chunk), this.GetGrainId(), row);
            }
        }
    }

    private static string NameOf(BlobChunk chunk) => $"checkpoint-{chunk.Hash}-{chunk.Index}";

    private async Task<GrainState<ChunkState>> ReadAsync(BlobChunk chunk)
    {
        var row = new GrainState<ChunkState>(new ChunkState());
        await _storage.ReadStateAsync(NameOf(chunk), this.GetGrainId(), row);
        return row;
    }
}

/// <summary>One stored chunk.</summary>
[GenerateSerializer, Alias("sheaf.ChunkState")]
internal sealed class ChunkState
{
    /// <summary>The bytes.</summary>
    [Id(0)]
    public byte[] Bytes { get; set; } = [];
}
