using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Evaluation;

namespace Sheaf.Grains.Training;

/// <summary>Adds up what the devices of a batch have scored, by class and by activity group. Not thread-safe.</summary>
/// <param name="classes">The task's classes.</param>
/// <param name="groups">The activity groups.</param>
internal sealed class ScoreSheetBuilder(int classes, int groups)
{
    private readonly ScoreSums[] _classes = new ScoreSums[classes <= EvaluationRecord.ClassesMax ? classes : 0];
    private readonly ScoreSums[] _groups = new ScoreSums[groups];
    private HajekSums _correct;
    private HajekSums _loss;
    private long _examples;

    /// <summary>Adds a device.</summary>
    /// <param name="result">Its counts.</param>
    /// <param name="group">Its activity group.</param>
    /// <param name="inverseInclusion">1/π, at least 1.</param>
    /// <param name="labels">The class of each of its examples.</param>
    /// <param name="correct">Whether each came out on top.</param>
    public void Add(DeviceResult result, int group, double inverseInclusion, ReadOnlySpan<int> labels, ReadOnlySpan<bool> correct)
    {
        var inclusion = 1 / inverseInclusion;
        _examples += result.Examples;
        _correct += HajekSums.Of(inclusion, result.Examples, result.Correct);
        _loss += HajekSums.Of(inclusion, result.Examples, DeviceResult.ToNats(result.LossUnits));
        _groups[group] += ScoreSums.Of(1, result.Examples, result.Correct, result.LossUnits, inverseInclusion);
        for (var example = 0; _classes.Length > 0 && example < labels.Length; example++)
        {
            _classes[labels[example]] += ScoreSums.Of(0, 1, correct[example] ? 1 : 0, 0, inverseInclusion);
        }
    }

    /// <summary>What was added.</summary>
    /// <returns>The sheet.</returns>
    public ScoreSheet ToSheet() => new(_examples, _correct, _loss, _classes, _groups);
}
