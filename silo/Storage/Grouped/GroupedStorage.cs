using System.Globalization;
using Orleans.Storage;

namespace Sheaf.Silo.Storage.Grouped;

/// <summary>
/// A grain storage that reads and writes the states of many grains at once, in the rows in which AdoNet's grain storage keeps one after another: either
/// may be used on the same database, and both keep etags in the same way.
/// </summary>
/// <param name="inner">Keeps everything else.</param>
/// <param name="state">The state's name whose grains are many.</param>
/// <param name="rows">Reads and writes many rows.</param>
/// <param name="serializer">Makes bytes of states.</param>
internal sealed class GroupedStorage(IGrainStorage inner, string state, IRowBatches rows, IGrainStorageSerializer serializer)
    : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Grouping<RowKey, StoredRow?> _reads = new(rows.Lanes, key => key, _ => 0, rows.ReadAsync);
    private readonly Grouping<RowWrite, int?> _writes = new(rows.Lanes, write => write.Key, write => write.Payload.Length, rows.WriteAsync);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (KeyOf(stateName, grainId) is not { } key)
        {
            await inner.ReadStateAsync(stateName, grainId, grainState);
            return;
        }

        var row = await _reads.AskAsync(key);
        grainState.State = row?.Payload is { } payload ? serializer.Deserialize<T>(BinaryData.FromBytes(payload)) : Activator.CreateInstance<T>();
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = row?.Payload is not null;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (KeyOf(stateName, grainId) is not { } key)
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        var seen = grainState.ETag is { } etag ? int.Parse(etag, CultureInfo.InvariantCulture) : (int?)null;
        var written = await _writes.AskAsync(new RowWrite(key, serializer.Serialize(grainState.State).ToArray(), seen));
        if (written is not { } version)
        {
            // Without the grain's key: a log says nothing that tells one device from another.
            throw new InconsistentStateException(
                $"A state '{stateName}' was not written: it is no longer the one that was read, because another activation of its grain has written it.", "another", grainState.ETag ?? "none");
        }

        (grainState.ETag, grainState.RecordExists) = (version.ToString(CultureInfo.InvariantCulture), true);
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);

    private RowKey? KeyOf(string stateName, GrainId grain) => stateName == state ? RowKey.Of(stateName, grain) : null;
}
