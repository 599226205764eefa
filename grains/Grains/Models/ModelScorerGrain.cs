using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Models;

/// <summary>Tokenises what it is given and has a training lane score it.</summary>
[StatelessWorker]
internal sealed class ModelScorerGrain(TaskPrograms programs, CheckpointCache checkpoints, TrainingLanes lanes) : Grain, IModelScorer
{
    public async Task<ModelScore> ScoreAsync(string checkpoint, ImmutableArray<LabelledText> rows)
    {
        // What the task is, its coordinator knows; whoever asks may say anything.
        var name = this.GetPrimaryKeyString();
        var model = await GrainFactory.GetGrain<IRoundCoordinator>(name).GetModelAsync()
            ?? throw new InvalidOperationException($"The task '{name}' has no model yet.");
        if (checkpoint is not { Length: Checkpoint.HashLength } || !checkpoint.All(char.IsAsciiHexDigitLower))
        {
            throw new ArgumentException("A checkpoint is named by its SHA-256 in lower-case hexadecimal.", nameof(checkpoint));
        }

        var program = programs.Of(name, model.Task);
        var parameters = await checkpoints.ReadParametersAsync(name, new BlobRef(checkpoint, model.Bytes));
        var outcomes = new EvaluationOutcome[1];
        await lanes.RunAsync(name, lane =>
        {
            var examples = program.Packer.Pack(rows.Select(row => (row.Text, row.Label)));
            lane.TrainerOf(program.Architecture).Evaluate(parameters, [examples], outcomes);
        });
        return new ModelScore(outcomes[0].Examples, outcomes[0].Correct, outcomes[0].LossSum);
    }
}
