using Orleans.Storage;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// The row of a task's round under way, beside the coordinator's own. Used from its coordinator's turns only.
/// </summary>
/// <param name="storage">The grain's storage.</param>
/// <param name="coordinator">The coordinator.</param>
/// <remarks>A coordinator that has been superseded cannot write over what its successor has written: the row remembers its epoch.</remarks>
internal sealed class SnapshotRow(IGrainStorage storage, GrainId coordinator)
{
    /// <summary>The name of the row's state.</summary>
    public const string StateName = "snapshot";

    private GrainState<RoundSnapshot>? _row;

    /// <summary>Reads the row.</summary>
    /// <returns>What is stored; null when nothing is.</returns>
    public async Task<RoundSnapshot?> ReadAsync()
    {
        var row = new GrainState<RoundSnapshot>(new RoundSnapshot());
        await storage.ReadStateAsync(StateName, coordinator, row);
        _row = row;
        return row.RecordExists ? row.State : null;
    }

    /// <summary>Writes the row if it is as it was when it was last read or written here.</summary>
    /// <param name="snapshot">What is to be stored.</param>
    /// <returns>Whether it is stored; false when somebody else has written it.</returns>
    public async Task<bool> TryWriteAsync(RoundSnapshot snapshot)
    {
        if (_row is null)
        {
            await ReadAsync();
        }

        var (known, row) = (_row!, new GrainState<RoundSnapshot>(snapshot));
        (row.ETag, row.RecordExists, _row) = (known.ETag, known.RecordExists, null);
        try
        {
            await storage.WriteStateAsync(StateName, coordinator, row);
            _row = row;
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    /// <summary>Writes the row over whatever an older epoch has left.</summary>
    /// <param name="snapshot">What is to be stored.</param>
    /// <returns>When it is stored.</returns>
    /// <exception cref="SupersededException">A later epoch has written the row.</exception>
    public async Task WriteAsync(RoundSnapshot snapshot)
    {
        do
        {
            EnsureNotSuperseded((_row is null ? await ReadAsync() : _row.State)?.Epoch, snapshot.Epoch);
        }
        while (!await TryWriteAsync(snapshot));
    }

    /// <summary>Removes the row. Idempotent.</summary>
    /// <param name="epoch">The coordinator's epoch.</param>
    /// <returns>When it is gone.</returns>
    /// <exception cref="SupersededException">A later epoch has written the row.</exception>
    public async Task RemoveAsync(long epoch)
    {
        var snapshot = await ReadAsync();
        EnsureNotSuperseded(snapshot?.Epoch, epoch);
        if (snapshot is not null)
        {
            var row = _row!;
            _row = null;
            await storage.ClearStateAsync(StateName, coordinator, row);
        }
    }

    private void EnsureNotSuperseded(long? written, long epoch)
    {
        if (written > epoch)
        {
            throw new SupersededException(coordinator.Key.ToString()!);
        }
    }
}
