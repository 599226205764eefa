using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Populations;

/// <summary>Draws from a Dirichlet distribution, as Gamma variates that are scaled to sum to 1.</summary>
internal static class Dirichlet
{
    /// <summary>
    /// The logarithm of a Gamma(shape, 1) variate (Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS
    /// 2000; below shape 1 by their G(a) = G(a+1)·U^(1/a)). In logarithms, because small shapes give variates far below 10⁻³⁰⁰.
    /// </summary>
    /// <param name="shape">The shape, above 0.</param>
    /// <param name="random">Where the randomness comes from.</param>
    /// <returns>The logarithm; finite for every shape from 10⁻³⁰⁰ on.</returns>
    public static double LogGamma(double shape, ref PrfSequence random)
    {
        if (shape < 1)
        {
            var boost = Math.Log(1 - random.NextDouble()) / shape;
            return LogGamma(shape + 1, ref random) + boost;
        }

        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextGaussian();
            var root = 1 + (c * x);
            if (root <= 0)
            {
                continue;
            }

            var v = root * root * root;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
            {
                return Math.Log(d * v);
            }
        }
    }

    /// <summary>Turns logarithms of Gamma variates into a distribution.</summary>
    /// <param name="logs">The logarithms; on return, probabilities that sum to 1.</param>
    public static void Normalize(Span<double> logs)
    {
        var largest = double.NegativeInfinity;
        foreach (var log in logs)
        {
            largest = Math.Max(largest, log);
        }

        var sum = 0.0;
        foreach (ref var value in logs)
        {
            value = Math.Exp(value - largest);
            sum += value;
        }

        foreach (ref var value in logs)
        {
            value /= sum;
        }
    }
}
