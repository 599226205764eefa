using System.Collections.Immutable;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Models;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>
/// Chooses the examples that a device keeps to replay by their gradients at the current model of the population's first task, in the order of
/// names: <see cref="ReplayReserve.ByGradientSum"/>. Nothing of them leaves the silo. Thread-safe.
/// </summary>
internal sealed class ReserveChooser(IGrainFactory grains, TaskPrograms programs, CheckpointCache checkpoints, TrainingLanes lanes)
{
    /// <summary>Chooses.</summary>
    /// <param name="population">The device's population.</param>
    /// <param name="candidates">The examples to choose from.</param>
    /// <param name="keep">How many are kept.</param>
    /// <returns>The ids of those that are kept; null when no task has a model, so that there is nothing to go by.</returns>
    public async Task<IReadOnlySet<long>?> ChooseAsync(string population, IReadOnlyList<StoredExample> candidates, int keep)
    {
        var tasks = await grains.GetGrain<IPopulationTasks>(population).GetTasksAsync();
        if (tasks.Order(StringComparer.Ordinal).FirstOrDefault() is not { } task
            || await grains.GetGrain<IRoundFence>(task).GetCheckpointAsync() is not { } current)
        {
            return null;
        }

        var program = programs.Of(task, current.Task);
        var parameters = Checkpoint.Decode(await checkpoints.ReadAsync(task, current.Parameters));
        var examples = program.Packer.Pack(candidates.Select(example => (example.Text, example.Label)));
        int[] chosen = [];
        await lanes.RunAsync(lane => chosen = ReplayReserve.ByGradientSum(GradientsOf(lane, program, parameters, examples, candidates.Count), keep));
        examples.Clear();
        return chosen.Select(index => candidates[index].ExampleId).ToImmutableHashSet();
    }

    // A text of many words has the sum of their gradients; one that the task learns nothing from has none, and is as good as any.
    private static double[][] GradientsOf(TrainingLanes.Lane lane, TaskProgram program, float[] parameters, PackedExamples examples, int candidates)
    {
        var classes = program.Architecture.Classes;
        var flat = new float[examples.Count * classes];
        lane.TrainerOf(program.Architecture).Evaluate(parameters, [examples], new EvaluationOutcome[1], gradients: flat);
        var gradients = new double[candidates][];
        for (var i = 0; i < candidates; i++)
        {
            gradients[i] = new double[classes];
        }

        for (var example = 0; example < examples.Count; example++)
        {
            var gradient = gradients[examples.Sources?[example] ?? example];
            for (var i = 0; i < classes; i++)
            {
                gradient[i] += flat[(example * classes) + i];
            }
        }

        return gradients;
    }
}
