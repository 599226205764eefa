using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Rounds;

/// <content>Checking the ledger.</content>
internal sealed partial class RoundCoordinatorGrain
{
    /// <inheritdoc/>
    public async Task<TaskAudit> AuditAsync()
    {
        while (true)
        {
            var (epoch, last, checkpoint) = (_state.State.Epoch, _state.State.Round, _state.State.Checkpoint?.Parameters.Hash);
            var audit = new RoundAudit();
            for (var round = 1; round <= last; round++)
            {
                var (record, cohort) = await _log.FindLedgerAsync(round);
                audit.Add(record, cohort);
            }

            // Rounds that are run again change the rows behind the reader.
            if (_state.State.Epoch == epoch && _state.State.Round >= last)
            {
                return audit.End(checkpoint);
            }
        }
    }
}
