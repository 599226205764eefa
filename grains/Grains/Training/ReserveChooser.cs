using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
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
/// <remarks>Law: no model keeps a device from deleting. What it cannot say is chosen at random.</remarks>
internal sealed partial class ReserveChooser(
    IGrainFactory grains, TaskPrograms programs, CheckpointCache checkpoints, TrainingLanes lanes, ILogger<ReserveChooser> logger)
{
    // Of more candidates the oldest are not looked at, so that a device that has kept much takes no longer than one that settles every period.
    private const int CandidatesMax = 2_000;
    private const long GradientValuesMax = 1L << 26;

    /// <summary>Chooses among the newest 2,000 candidates; of a reserve as large as that or larger, the newest are kept.</summary>
    /// <param name="population">The device's population.</param>
    /// <param name="candidates">The examples to choose from.</param>
    /// <param name="keep">How many are kept.</param>
    /// <returns>The ids of those that are kept; null when there is nothing to go by, since no task has a model, or its model fails.</returns>
    public async Task<IReadOnlySet<long>?> ChooseAsync(string population, IReadOnlyList<StoredExample> candidates, int keep)
    {
        var newest = candidates
            .OrderByDescending(example => example.Time).ThenByDescending(example => example.ExampleId)
            .Take(Math.Max(CandidatesMax, keep)).ToHashSet(ReferenceEqualityComparer.Instance);
        candidates = [.. candidates.Where(newest.Contains)];
        if (candidates.Count <= keep)
        {
            return candidates.Select(example => example.ExampleId).ToImmutableHashSet();
        }

        try
        {
            return await ChooseByGradientAsync(population, candidates, keep);
        }
        catch (Exception exception)
        {
            // The boundary to models, which a person may have written and which may be away: what a policy deletes must go without them.
            LogAtRandom(exception, population);
            return null;
        }
    }

    private async Task<IReadOnlySet<long>?> ChooseByGradientAsync(string population, IReadOnlyList<StoredExample> candidates, int keep)
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
        try
        {
            await lanes.RunAsync(task, lane => chosen = ReplayReserve.ByGradientSum(GradientsOf(lane, program, parameters, examples, candidates.Count), keep));
        }
        finally
        {
            examples.Clear();
        }

        return chosen.Select(index => candidates[index].ExampleId).ToImmutableHashSet();
    }

    // A text of many words has the sum of their gradients; one that the task learns nothing from has none, and is as good as any.
    private static double[][] GradientsOf(TrainingLanes.Lane lane, TaskProgram program, float[] parameters, PackedExamples examples, int candidates)
    {
        var classes = program.Architecture.Classes;
        if ((long)examples.Count * classes > GradientValuesMax)
        {
            throw new InvalidOperationException(
                $"The gradients of {examples.Count} examples in {classes} classes are more than {GradientValuesMax} values. Keep a random reserve with this task.");
        }

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

    [LoggerMessage(161, LogLevel.Warning, "The reserve of a device of population {Population} is chosen at random: the gradients of its examples cannot be worked out.")]
    private partial void LogAtRandom(Exception exception, string population);
}
