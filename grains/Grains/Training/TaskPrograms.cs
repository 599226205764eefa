using System.Collections.Concurrent;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Extensions;

namespace Sheaf.Grains.Training;

/// <summary>What a silo has worked out from each task's specification, once per task rather than once per slice. Thread-safe.</summary>
/// <param name="own">What users bring.</param>
/// <param name="memory">Refuses what is too large.</param>
internal sealed class TaskPrograms(IOwnClasses own, MemoryBudget memory)
{
    private readonly ConcurrentDictionary<string, (TaskSpec Spec, TaskProgram Program)> _programs = new(StringComparer.Ordinal);

    /// <summary>The names of the tasks that this silo has worked for.</summary>
    public IEnumerable<string> KnownTasks => _programs.Keys;

    /// <summary>The program of a task.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="spec">Its specification.</param>
    /// <returns>The same instance for as long as the specification is the same.</returns>
    public TaskProgram Of(string task, TaskSpec spec)
    {
        if (_programs.TryGetValue(task, out var known) && ReferenceEquals(known.Spec, spec))
        {
            return known.Program;
        }

        return _programs.AddOrUpdate(
            task,
            _ => (spec, new TaskProgram(spec, own)),
            (_, current) => TaskSpecs.AreEqual(current.Spec, spec) ? current : (spec, new TaskProgram(spec, own))).Program;
    }

    /// <summary>Refuses a specification that cannot be worked out.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="ArgumentException">It names something that does not exist, or that cannot be used.</exception>
    /// <exception cref="NotEnoughMemoryException">It takes more memory than this silo has.</exception>
    public void EnsureValid(TaskSpec spec)
    {
        try
        {
            memory.Ensure(new TaskProgram(spec, own));
        }
        catch (OwnClassException exception)
        {
            // The caller may be another process, which knows no exception of ours.
            throw new ArgumentException(exception.Message);
        }
    }

    /// <summary>Forgets a task that has ended.</summary>
    /// <param name="task">The task's name.</param>
    public void Forget(string task) => _programs.TryRemove(task, out _);
}
