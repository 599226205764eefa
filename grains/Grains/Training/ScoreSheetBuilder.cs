using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Training;

/// <summary>Adds up what the devices of a batch have scored, by class and by activity group. Not thread-safe.</summary>
/// <param name="classes">The task's classes.</param>
/// <param name="groups">The activity groups.</param>
internal sealed class ScoreSheetBuilder(int classes, int groups)
{
    private readonly ScoreSums[] _classes = new ScoreSums[classes <= EvaluationRecord.ClassesMax ? classes : 0];
    private readonly ScoreSums[] _groups = new ScoreSums[groups];
    private ScoreSums _total;

    /// <summary>Adds a device.</summary>
    /// <param name="result">Its counts.</param>
    /// <param name="group">Its activity group.</param>
    /// <param name="inverseInclusion">The mean inclusion probability of all devices over its own.</param>
    /// <param name="labels">The class of each of its examples.</param>
    /// <param name="correct">Whether each came out on top.</param>
    public void Add(DeviceResult result, int group, double inverseInclusion, ReadOnlySpan<int> labels, ReadOnlySpan<bool> correct)
    {
        var sums = ScoreSums.Of(1, result.Examples, result.Correct, result.LossUnits, inverseInclusion);
        _total += sums;
        _groups[group] += sums;
        for (var example = 0; _classes.Length > 0 && example < labels.Length; example++)
        {
            _classes[labels[example]] += ScoreSums.Of(0, 1, correct[example] ? 1 : 0, 0, inverseInclusion);
        }
    }

    /// <summary>What was added.</summary>
    /// <returns>The sheet.</returns>
    public ScoreSheet ToSheet() => new(_total, _classes, _groups);
}
