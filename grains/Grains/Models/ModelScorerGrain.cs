using System.Collections.Immutable;
using Orleans.Concurrency;
using Sheaf.Abstractions.Models;
using Sheaf.Grains.Training;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Models;

/// <summary>Tokenises what it is given and has a training lane score it.</summary>
[StatelessWorker]
internal sealed class ModelScorerGrain(TaskPrograms programs, CheckpointCache checkpoints, TrainingLanes lanes) : Grain, IModelScorer
{
    public async Task<ModelScore> ScoreAsync(ModelDescription model, ImmutableArray<LabelledText> rows)
    {
        var program = programs.Of(model.Name, model.Task);
        var parameters = Checkpoint.Decode(await checkpoints.ReadAsync(model.Name, new BlobRef(model.Checkpoint, model.Bytes)));
        var outcomes = new EvaluationOutcome[1];
        await lanes.RunAsync(this.GetPrimaryKeyString(), lane =>
        {
            var examples = program.Packer.Pack(rows.Select(row => (row.Text, row.Label)));
            lane.TrainerOf(program.Architecture).Evaluate(parameters, [examples], outcomes);
        });
        return new ModelScore(outcomes[0].Examples, outcomes[0].Correct, outcomes[0].LossSum);
    }
}
