using System.Globalization;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>Refuses tasks that this silo's memory cannot hold, before they start.</summary>
/// <param name="lanes">The silo's training threads.</param>
/// <param name="options">How much memory it has.</param>
internal sealed class MemoryBudget(TrainingLanes lanes, MemoryBudgetOptions options)
{
    /// <summary>Refuses a task that takes more than there is.</summary>
    /// <param name="program">The task.</param>
    /// <exception cref="NotEnoughMemoryException">It does.</exception>
    public void Ensure(TaskProgram program)
    {
        var need = MemoryNeed.Of(program.Architecture, lanes.Count, lanes.PreferredBatch, program.Selection.Cohort);
        if (need.Total > options.Bytes)
        {
            throw new NotEnoughMemoryException(string.Create(
                CultureInfo.InvariantCulture,
                $"A model of {program.Architecture.ParameterCount:N0} parameters with {program.Selection.Cohort:N0} devices a round takes at least {need} on a silo of {lanes.Count} lanes, and this one has {options.Bytes / 1e9:0.0#} GB. Use a smaller model or cohort, fewer lanes, or more memory."));
        }
    }
}

/// <summary>How much memory a silo has.</summary>
public sealed class MemoryBudgetOptions
{
    /// <summary>Bytes for all of its tasks.</summary>
    /// <value>Default: what the runtime may use, which is the machine's or the container's.</value>
    public long Bytes { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
