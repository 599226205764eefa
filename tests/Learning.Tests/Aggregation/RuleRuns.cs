using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Aggregation;

/// <summary>Applies rules to whole vectors.</summary>
internal static class RuleRuns
{
    /// <summary>Applies a rule to inputs, chunk by chunk.</summary>
    public static float[] Apply(SliceRule rule, float[][] inputs, IChunkMath math, double[]? weights = null, int chunkColumns = int.MaxValue)
    {
        var length = inputs[0].Length;
        var run = new RuleRun(rule, weights ?? [.. inputs.Select(_ => 1.0)], length, math);
        var offsets = Enumerable.Range(0, length).Where(offset => offset % chunkColumns == 0).ToArray();
        if (run.HasSurvey)
        {
            Array.ForEach(offsets, offset => run.Survey(Chunk(inputs, offset, chunkColumns)));
        }

        Array.ForEach(offsets, offset => run.Fold(Chunk(inputs, offset, chunkColumns)));
        return run.Result();
    }

    /// <summary>Inputs whose values differ widely in size.</summary>
    public static float[][] Inputs(int count, int length, ulong seed)
    {
        var random = Prf.Sequence(seed, Purpose.Activity);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length)
            .Select(_ => (float)Math.ScaleB(random.NextGaussian(), random.NextInt32(40) - 30)).ToArray())];
    }

    /// <summary>The squared ℓ² norm of a vector, or of the difference of two.</summary>
    public static double SquaredNorm(float[] vector, float[]? other = null) =>
        vector.Select((value, i) => (double)value - (other?[i] ?? 0)).Sum(value => value * value);

    private static float[] Chunk(float[][] inputs, int offset, int columns) =>
        [.. inputs.SelectMany(input => input[offset..(int)Math.Min(input.Length, (long)offset + columns)])];
}
