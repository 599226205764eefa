using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Running;

/// <summary>
/// How much a model has forgotten: the mean over classes of the best accuracy so far minus the last one, over all evaluated rounds (after
/// Chaudhry et al., "Riemannian walk for incremental learning", ECCV 2018, with classes for tasks). A class's last accuracy is
/// that of the last round in which any of its examples was scored; classes that never were are left out.
/// </summary>
internal static class Forgetting
{
    /// <summary>Works it out.</summary>
    /// <param name="scores">The scores of a run's evaluated rounds, in their order.</param>
    /// <returns>At least 0, at most 1; null when no class was scored by itself.</returns>
    public static double? Of(IEnumerable<EvaluationRecord> scores)
    {
        var classes = new Dictionary<int, (double Best, double Last)>();
        foreach (var (index, accuracy) in scores.SelectMany(score => score.Classes.Index()))
        {
            if (accuracy is { } value)
            {
                classes[index] = (Math.Max(value, classes.TryGetValue(index, out var known) ? known.Best : value), value);
            }
        }

        return classes.Count == 0 ? null : classes.Values.Average(each => each.Best - each.Last);
    }
}
