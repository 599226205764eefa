using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Devices;

/// <summary>Which old examples a device keeps to mix into its training, so that the model forgets less.</summary>
public static class ReplayReserve
{
    private const int IterationsMax = 5000;
    private const int IterationsBetweenLooks = 25;
    private const double GapMax = 1e-4;
    private const int PowerIterations = 30;
    private const int BisectionsMax = 200;

    /// <summary>Chooses at random: every set of k equally likely, the same whenever it is asked.</summary>
    /// <param name="ids">The ids of the examples, all different.</param>
    /// <param name="keep">k, at least 0; with fewer examples all are kept.</param>
    /// <param name="seed">The seed of the population.</param>
    /// <param name="position">The device's position.</param>
    /// <returns>The indices of those that are kept, ascending.</returns>
    /// <remarks>Those kept are the k with the least priorities, so that a reserve of a reserve and new arrivals is a reserve of all.</remarks>
    public static int[] AtRandom(ReadOnlySpan<long> ids, int keep, ulong seed, ulong position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        var keys = new (ulong Priority, long Id)[ids.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (Prf.Value(seed, Purpose.Replay, position, (ulong)ids[i]), ids[i]);
        }

        return First(keys, keep);
    }

    /// <summary>
    /// Chooses examples whose gradients nearly cancel: relaxes the choice to fractions, min ‖Σ w_i·g_i‖² with Σ w = k and 0 ≤ w ≤ 1, and
    /// keeps the k largest ("Coordinated replay sample selection for continual federated learning", EMNLP 2023, 2310.15054, the
    /// uncoordinated form).
    /// </summary>
    /// <param name="gradients">
    /// One gradient for each example at the current model, all of one length: of the last layer, or any other few dimensions, is enough. In
    /// memory only: a gradient tells about its example as much as the example does.
    /// </param>
    /// <param name="keep">k, at least 0; with fewer examples all are kept.</param>
    /// <returns>The indices of those that are kept, ascending; the earlier where fractions are equal.</returns>
    /// <exception cref="ArgumentException">The gradients differ in length, or one is not finite.</exception>
    public static int[] ByGradientSum(IReadOnlyList<double[]> gradients, int keep)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        var weights = Relaxed(gradients, Math.Min(keep, gradients.Count));
        return First([.. weights.Select((weight, index) => (-weight, index))], keep);
    }

    /// <summary>
    /// The fractions: accelerated projected gradient descent (Beck and Teboulle, "FISTA", 2009) with restarts (O'Donoghue and Candès, "Adaptive
    /// restart for accelerated gradient schemes", 2015), until no choice can be better by more than 10⁻⁴ of the gradients' summed squares.
    /// </summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="keep">k, from 0 to their number.</param>
    /// <returns>One fraction for each example.</returns>
    internal static double[] Relaxed(IReadOnlyList<double[]> gradients, int keep)
    {
        var count = gradients.Count;
        EnsureUsable(gradients);
        gradients = Scaled(gradients);
        var weights = new double[count];
        Array.Fill(weights, count == 0 ? 0 : (double)keep / count);
        var step = keep == 0 || keep == count ? 0 : StepOf(gradients);
        if (step == 0)
        {
            return weights;
        }

        var (ahead, momentum) = ((double[])weights.Clone(), 1.0);
        var enough = GapMax * gradients.Sum(gradient => Dot(gradient, gradient));
        for (var iteration = 1; iteration <= IterationsMax; iteration++)
        {
            if (iteration % IterationsBetweenLooks == 0 && GapOf(gradients, weights, keep) <= enough)
            {
                break;
            }

            var sum = SumOf(gradients, ahead);
            var next = Projected([.. ahead.Select((weight, i) => weight - (step * Dot(gradients[i], sum)))], keep);
            var nextMomentum = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            if (Enumerable.Range(0, count).Sum(i => (ahead[i] - next[i]) * (next[i] - weights[i])) > 0)
            {
                // The push leads uphill: it begins anew from here.
                (ahead, weights, momentum) = ((double[])next.Clone(), next, 1);
                continue;
            }

            var push = (momentum - 1) / nextMomentum;
            for (var i = 0; i < count; i++)
            {
                ahead[i] = next[i] + (push * (next[i] - weights[i]));
            }

            (weights, momentum) = (next, nextMomentum);
        }

        return weights;
    }

    /// <summary>Σ w_i·g_i.</summary>
    internal static double[] SumOf(IReadOnlyList<double[]> gradients, IReadOnlyList<double> weights)
    {
        var sum = new double[gradients[0].Length];
        for (var i = 0; i < gradients.Count; i++)
        {
            for (var j = 0; j < sum.Length; j++)
            {
                sum[j] += weights[i] * gradients[i][j];
            }
        }

        return sum;
    }

    // The choice does not depend on their size; the squares of very small or very large ones would not be numbers any more.
    private static IReadOnlyList<double[]> Scaled(IReadOnlyList<double[]> gradients)
    {
        var largest = gradients.SelectMany(gradient => gradient).Select(Math.Abs).DefaultIfEmpty(0).Max();
        return largest == 0 ? gradients : [.. gradients.Select(gradient => Array.ConvertAll(gradient, value => value / largest))];
    }

    /// <summary>By how much any other choice can be better at most: ∇f·(w − s) for the best vertex s (Frank and Wolfe, 1956).</summary>
    private static double GapOf(IReadOnlyList<double[]> gradients, double[] weights, int keep)
    {
        var sum = SumOf(gradients, weights);
        var slopes = new double[weights.Length];
        var gap = 0.0;
        for (var i = 0; i < slopes.Length; i++)
        {
            slopes[i] = 2 * Dot(gradients[i], sum);
            gap += slopes[i] * weights[i];
        }

        return gap - slopes.Order().Take(keep).Sum();
    }

    /// <summary>The nearest point with Σ w = k and 0 ≤ w ≤ 1: w = clamp(v − τ), with τ found by bisection.</summary>
    private static double[] Projected(double[] point, int keep)
    {
        var (low, high) = (point.Min() - 1, point.Max());
        for (var i = 0; i < BisectionsMax; i++)
        {
            var middle = low + ((high - low) / 2);
            if (middle == low || middle == high)
            {
                break;
            }

            (low, high) = point.Sum(v => Math.Clamp(v - middle, 0, 1)) > keep ? (middle, high) : (low, middle);
        }

        return Array.ConvertAll(point, v => Math.Clamp(v - high, 0, 1));
    }

    /// <summary>
    /// One over a bound of the largest eigenvalue of the Gram matrix, the constant of the descent: the power method comes from below, so
    /// that a margin is added, and the trace is a bound in any case. It starts in a random direction, because any other could be at right
    /// angles to the one that is sought. 0 when all gradients are 0, and every choice is as good.
    /// </summary>
    private static double StepOf(IReadOnlyList<double[]> gradients)
    {
        var trace = gradients.Sum(gradient => Dot(gradient, gradient));
        var random = Prf.Sequence(0, Purpose.Replay);
        var mixture = new double[gradients.Count];
        for (var i = 0; i < mixture.Length; i++)
        {
            mixture[i] = random.NextGaussian();
        }

        var direction = SumOf(gradients, mixture);
        var largest = 0.0;
        for (var i = 0; i < PowerIterations && trace > 0; i++)
        {
            var length = Math.Sqrt(Dot(direction, direction));
            direction = Array.ConvertAll(direction, value => value / length);
            direction = SumOf(gradients, [.. gradients.Select(gradient => Dot(gradient, direction))]);
            largest = Math.Sqrt(Dot(direction, direction));
        }

        return trace > 0 ? 1 / Math.Min(trace, 1.5 * largest) : 0;
    }

    private static double Dot(double[] left, double[] right)
    {
        // Not vectorised on purpose: the order of additions, and with it the choice, is the same on every machine.
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static int[] First<TKey>(TKey[] keys, int keep)
    {
        var indices = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, indices);
        indices = indices[..Math.Min(keep, indices.Length)];
        Array.Sort(indices);
        return indices;
    }

    private static void EnsureUsable(IReadOnlyList<double[]> gradients)
    {
        for (var i = 0; i < gradients.Count; i++)
        {
            if (gradients[i].Length != gradients[0].Length)
            {
                throw new ArgumentException(
                    $"Gradient {i} has {gradients[i].Length} values and gradient 0 has {gradients[0].Length}: give all of one length.",
                    nameof(gradients));
            }

            if (!gradients[i].All(double.IsFinite))
            {
                throw new ArgumentException($"Gradient {i} is not finite: leave its example out.", nameof(gradients));
            }
        }
    }
}
