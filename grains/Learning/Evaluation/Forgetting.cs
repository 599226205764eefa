namespace Sheaf.Learning.Evaluation;

/// <summary>How one class was recognised in one evaluation.</summary>
/// <param name="Correct">How many examples were recognised, at most <paramref name="Examples"/>.</param>
/// <param name="Examples">How many examples were scored; 0 says that the class did not occur.</param>
public readonly record struct ClassTally(long Correct, long Examples);

/// <summary>
/// How much a model has forgotten: the mean over classes of the best accuracy so far minus the final one, mean_c(max_t acc_c(t) − acc_c(T))
/// (the measure of continual learning in Chaudhry et al., ECCV 2018, per class, and with the last evaluation among the t, so that a class that
/// is at its best has forgotten 0 and none less).
/// </summary>
public static class Forgetting
{
    /// <summary>Works it out.</summary>
    /// <param name="evaluations">
    /// One list of tallies for each evaluation, in order, with the same class at the same place; a later list may have more classes.
    /// </param>
    /// <returns>
    /// A value in [0, 1]; null when no class was ever scored. A class that was never scored is left out. A class's final accuracy is
    /// that of the last evaluation that scored it: an evaluation without the class says nothing about it, so a class scored only once
    /// counts with 0.
    /// </returns>
    public static double? Of(IEnumerable<IReadOnlyList<ClassTally>> evaluations)
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        var classes = new SortedDictionary<int, (double Best, double Final)>();
        foreach (var tallies in evaluations)
        {
            for (var label = 0; label < tallies.Count; label++)
            {
                if (tallies[label] is { Examples: > 0 } tally)
                {
                    var accuracy = (double)tally.Correct / tally.Examples;
                    var best = classes.TryGetValue(label, out var before) ? Math.Max(before.Best, accuracy) : accuracy;
                    classes[label] = (best, accuracy);
                }
            }
        }

        return classes.Count == 0 ? null : classes.Values.Average(each => each.Best - each.Final);
    }
}
