using System.Collections.Immutable;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Text;

namespace Sheaf.Grains.Rounds;

/// <content>What others may know of the current checkpoint, and its score once the task has ended.</content>
internal sealed partial class RoundCoordinatorGrain
{
    private Task _commit = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ModelDescription?> GetModelAsync()
    {
        await EnsureCommittedAsync();
        return _state.State.Checkpoint?.Parameters is { } checkpoint
            ? new ModelDescription(Name, Spec, _state.State.Round, checkpoint.Hash, checkpoint.Length, TensorsOf(), TokenizerOf())
            : null;
    }

    /// <inheritdoc/>
    public async Task<CurrentCheckpoint?> GetCheckpointAsync()
    {
        await EnsureCommittedAsync();
        return _state.State.Checkpoint?.Parameters is { } checkpoint ? new CurrentCheckpoint(Spec, checkpoint) : null;
    }

    private async Task EnsureCommittedAsync()
    {
        // While the row is being written, memory names a checkpoint that may never be current.
        while (!_commit.IsCompleted)
        {
            await _commit.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        if (!_commit.IsCompletedSuccessfully)
        {
            throw new OrleansException($"The coordinator of task '{Name}' reads again what is stored. Ask again.");
        }
    }

    /// <inheritdoc/>
    public async Task<EvaluationRecord?> EvaluateAsync()
    {
        if (IsRunning || _state.State.Checkpoint is not { } checkpoint)
        {
            throw new InvalidOperationException(IsRunning
                ? $"The task '{Name}' is at round {_state.State.Round} of {Spec.Plan.RoundsInAll}. Wait until it has ended; its own rounds say how it scores so far."
                : $"The task '{Name}' has no checkpoint: it never ran.");
        }

        // A new epoch, as for a round: nothing that an earlier evaluation left on a silo can answer for this one. Erases ask the attached tasks.
        await TakeOverAsync();
        var tasks = GrainFactory.GetGrain<IPopulationTasks>(Spec.Population);
        await tasks.AttachAsync(Name);
        var run = await NewRunAsync(_state.State.Round, new PhaseClock(_time));
        try
        {
            return await run.EvaluateAsync(checkpoint, SliceKind.Evaluate, _stop.Token);
        }
        catch (RoundAbandonedException exception)
        {
            throw new InvalidOperationException($"The checkpoint of task '{Name}' could not be scored: {exception.Message}", exception);
        }
        finally
        {
            _run = null;
            await run.ReleaseAsync();
            await tasks.DetachAsync(Name);
        }
    }

    private ImmutableArray<ModelTensor> TensorsOf() =>
        [.. _programs.Of(Name, Spec).Architecture.Blocks.Select(block => new ModelTensor(block.Name, block.IsVector ? [block.Columns] : [block.Rows, block.Columns]))];

    private TokenizerDescription TokenizerOf() => Spec.Language is { } language
        ? new(_programs.Of(Name, Spec).Architecture.Buckets, Bigrams: false, language.Context, NextWordPacker.Scheme)
        : new(Spec.Model.Buckets, Spec.Model.Bigrams, ClassificationPacker.DefaultTokensMax, HashingTokenizer.Scheme);
}
