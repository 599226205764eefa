using System.Security.Cryptography;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Models;

/// <summary>The checkpoint of a task that is current, read from its cluster chunk by chunk.</summary>
internal sealed class CurrentModel
{
    private readonly IModelReader _reader;

    private CurrentModel(IModelReader reader, ModelDescription description) => (_reader, Description) = (reader, description);

    /// <summary>What it is.</summary>
    public ModelDescription Description { get; }

    /// <summary>Finds it.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="task">The task.</param>
    /// <returns>The model; null when the task has no checkpoint yet.</returns>
    public static async Task<CurrentModel?> FindAsync(IGrainFactory grains, string task) =>
        await grains.GetGrain<IRoundCoordinator>(task).GetModelAsync() is { } description
            ? new CurrentModel(grains.GetGrain<IModelReader>(task), description)
            : null;

    /// <summary>Copies its values, and makes sure that they are the ones it is named after.</summary>
    /// <param name="to">Where they go; what has gone there is not to be used when the call fails.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <returns>When all is copied.</returns>
    /// <exception cref="RunFailedException">What is stored is not whole, or has another hash.</exception>
    public async Task CopyAsync(Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var index = 0; index < Description.Chunks; index++)
        {
            var chunk = await ReadAsync(index, cancellationToken);
            hash.AppendData(chunk);
            await to.WriteAsync(chunk, cancellationToken);
        }

        var content = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (content != Description.Checkpoint)
        {
            throw new RunFailedException($"{Who} is damaged: its content hashes to {content}. {Remedy}");
        }
    }

    /// <summary>Makes sure that it is whole, without keeping it.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>When all was read.</returns>
    /// <exception cref="RunFailedException">What is stored is not whole, or has another hash.</exception>
    public Task VerifyAsync(CancellationToken cancellationToken) => CopyAsync(Stream.Null, cancellationToken);

    private const string Remedy = "Restore the run's folder from a copy, or run the study again.";

    private string Who => $"The checkpoint {Description.Checkpoint} of task '{Description.Name}'";

    private async Task<byte[]> ReadAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            return (await _reader.ReadChunkAsync(Description.Checkpoint, index).WaitAsync(cancellationToken)).Value;
        }
        catch (InvalidOperationException exception)
        {
            throw new RunFailedException($"{Who} is not whole: {exception.Message} {Remedy}");
        }
    }
}
