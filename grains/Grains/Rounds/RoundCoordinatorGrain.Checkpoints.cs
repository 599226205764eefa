using Sheaf.Grains.Models;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <content>Which checkpoints are kept, and the removal of those that are not: the row says first that they are obsolete, so that a crash leaves
/// none behind.</content>
internal sealed partial class RoundCoordinatorGrain
{
    /// <summary>Keeps the current checkpoint to go back to, if the round is one of those, and lets go of those that are too many.</summary>
    private void Keep(int round)
    {
        var state = _state.State;
        var known = new KeptRounds(state.KeptSpacing, [.. state.Kept.Select(kept => kept.Round)]);
        var next = known.After(round, Spec.Plan.CheckpointsKept);
        state.Kept.Add(new KeptCheckpoint(round, state.Checkpoint!));
        state.KeptSpacing = next.Spacing;
        foreach (var dropped in state.Kept.Where(kept => !next.Rounds.Contains(kept.Round)).ToArray())
        {
            state.Kept.Remove(dropped);
            Retire(dropped.Checkpoint);
        }
    }

    /// <summary>Lets go of the checkpoints that were kept of later rounds, and spaces the next ones as if there had been no later rounds.</summary>
    private void KeepUpTo(int round)
    {
        var state = _state.State;
        foreach (var kept in state.Kept.Where(kept => kept.Round > round).ToArray())
        {
            state.Kept.Remove(kept);
            Retire(kept.Checkpoint);
        }

        state.KeptSpacing = Enumerable.Range(1, round).Aggregate(KeptRounds.None, (known, each) => known.After(each, Spec.Plan.CheckpointsKept)).Spacing;
    }

    private void Retire(CheckpointRef? checkpoint)
    {
        if (checkpoint is not null && !_state.State.Obsolete.Contains(checkpoint))
        {
            _state.State.Obsolete.Add(checkpoint);
        }
    }

    /// <summary>Removes what the stored row names as obsolete. A round may end where an earlier one did: only what nothing else names is removed.</summary>
    private async Task RemoveObsoleteAsync()
    {
        var state = _state.State;
        if (state.Obsolete.Count == 0)
        {
            return;
        }

        var used = new[] { state.Checkpoint, state.Previous }.Concat(state.Kept.Select(kept => kept.Checkpoint))
            .OfType<CheckpointRef>().SelectMany(BlobsOf).ToHashSet();
        var model = GrainFactory.GetGrain<IModel>(Name);
        foreach (var blob in state.Obsolete.SelectMany(BlobsOf).Distinct().Where(blob => !used.Contains(blob)))
        {
            await model.RemoveAsync(blob);
        }

        // Stored with the next commit; until then they would be removed once more, which changes nothing.
        state.Obsolete.Clear();
    }

    private static IEnumerable<BlobRef> BlobsOf(CheckpointRef checkpoint) => [checkpoint.Parameters, checkpoint.Moments];
}
