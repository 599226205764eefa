using Sheaf.Learning.Aggregation.Rules;

namespace Sheaf.Learning.Aggregation;

/// <summary>Applies a rule to inputs that arrive in chunks of their parameters: all chunks once for the survey, if the rule has one, and once for
/// the result. Not thread-safe.</summary>
/// <remarks>Laws: it holds the result, what the survey found and one chunk, never inputs × model; the size of the chunks changes no bit of the
/// result, nor does what computes them. The inputs have one order, that of their slices: <see cref="MedianRule"/> and
/// <see cref="TrimmedMeanRule"/> give the same bits in any other; the sums of the rest may then round differently in the last bit of a
/// binary64 before they are rounded to single precision.</remarks>
public sealed class RuleRun
{
    private readonly SliceRule _rule;
    private readonly double[] _weights;
    private readonly IChunkMath _math;
    private readonly double[] _survey;
    private readonly float[] _result;
    private ChunkStep? _step;
    private int _surveyed;
    private int _folded;

    /// <summary>Begins.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="weights">Σ w of each input, finite and above 0.</param>
    /// <param name="parameterCount">The length of the model.</param>
    /// <param name="math">What computes.</param>
    /// <exception cref="ArgumentException">There are fewer inputs than the rule needs, or a weight is not above 0.</exception>
    public RuleRun(SliceRule rule, ReadOnlySpan<double> weights, int parameterCount, IChunkMath math)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(math);
        if (weights.Length < rule.InputsMin)
        {
            throw new ArgumentException($"The rule '{rule.Name}' needs at least {rule.InputsMin} inputs and there are {weights.Length}.", nameof(weights));
        }

        foreach (var weight in weights)
        {
            if (!(weight > 0) || !double.IsFinite(weight))
            {
                throw new ArgumentException($"An input's weight is finite and above 0, not {weight}: leave out what has none.", nameof(weights));
            }
        }

        (_rule, _weights, _math, _result) = (rule, weights.ToArray(), math, new float[parameterCount]);
        _survey = rule.Survey switch
        {
            RuleSurvey.Norms => new double[weights.Length],
            RuleSurvey.Distances => new double[checked(weights.Length * weights.Length)],
            _ => [],
        };
    }

    /// <summary>Whether all chunks must pass by once before they are folded.</summary>
    public bool HasSurvey => _rule.Survey != RuleSurvey.None;

    /// <summary>Surveys the next chunk.</summary>
    /// <param name="values">One row per input.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the chunk does not fit.</exception>
    public void Survey(ReadOnlySpan<float> values)
    {
        var chunk = ChunkAt(values, _surveyed);
        if (_rule.Survey == RuleSurvey.Norms)
        {
            _math.AddSquaredNorms(chunk, _survey);
        }
        else
        {
            _math.AddSquaredDistances(chunk, _survey);
        }

        _surveyed += chunk.Columns;
    }

    /// <summary>Folds the next chunk into the result.</summary>
    /// <param name="values">One row per input.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the chunk does not fit.</exception>
    /// <exception cref="InvalidOperationException">The survey is not complete.</exception>
    public void Fold(ReadOnlySpan<float> values)
    {
        if (HasSurvey && _surveyed < _result.Length)
        {
            throw new InvalidOperationException($"The survey has seen {_surveyed} of {_result.Length} parameters: it comes first.");
        }

        var chunk = ChunkAt(values, _folded);
        _step ??= _rule.StepOf(_weights, _survey);
        _step.Apply(chunk, _math, _result.AsSpan(_folded, chunk.Columns));
        _folded += chunk.Columns;
    }

    /// <summary>The result.</summary>
    /// <returns>One value per parameter.</returns>
    /// <exception cref="InvalidOperationException">Not all chunks have been folded.</exception>
    public float[] Result() => _folded == _result.Length
        ? _result
        : throw new InvalidOperationException($"{_folded} of {_result.Length} parameters have been folded: the others come first.");

    private InputChunk ChunkAt(ReadOnlySpan<float> values, int offset)
    {
        var chunk = new InputChunk(values, _weights.Length);
        var end = (long)offset + chunk.Columns;
        if (end > _result.Length || (end < _result.Length && chunk.Columns % IChunkMath.BlockColumns != 0))
        {
            throw new ArgumentException(
                $"A chunk of {chunk.Columns} parameters does not fit at {offset} of {_result.Length}: all but the last have a multiple of {IChunkMath.BlockColumns}.",
                nameof(values));
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"Parameter {offset + (i % chunk.Columns)} of input {i / chunk.Columns} is {values[i]}: an update that is not finite must not be folded.",
                    nameof(values));
            }
        }

        return chunk;
    }
}
