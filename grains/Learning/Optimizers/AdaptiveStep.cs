namespace Sheaf.Learning.Optimizers;

/// <summary>How v, the running size of the updates, takes the next one in.</summary>
internal interface ISecondMoment
{
    /// <summary>The next v of one parameter.</summary>
    /// <param name="v">v before the round.</param>
    /// <param name="square">Δ².</param>
    double Next(double v, double square);
}

/// <summary>
/// What FedAdagrad, FedAdam and FedYogi share (Reddi et al., "Adaptive federated optimization", ICLR 2021, algorithm 2):
/// m ← β₁·m + (1−β₁)·Δ, x ← x + η·m / (√v + τ), without bias correction, and m = 0, v = τ² before the first round.
/// </summary>
internal static class AdaptiveStep
{
    public static ServerState Initialize(float[] parameters, double epsilon)
    {
        var second = new float[parameters.Length];
        Array.Fill(second, (float)(epsilon * epsilon));
        return new ServerState(parameters, [new float[parameters.Length], second], 0);
    }

    public static ServerState Apply<T>(
        ServerState state, ReadOnlySpan<float> meanUpdate, double learningRate, double beta1, double epsilon, T secondMoment)
        where T : struct, ISecondMoment
    {
        UpdateLength.Ensure(state, meanUpdate);
        var length = meanUpdate.Length;
        var (parameters, first, second) = (new float[length], new float[length], new float[length]);
        for (var i = 0; i < length; i++)
        {
            double update = meanUpdate[i];
            var m = (beta1 * state.Moments[0][i]) + ((1 - beta1) * update);
            var v = secondMoment.Next(state.Moments[1][i], update * update);
            (first[i], second[i]) = ((float)m, (float)v);
            parameters[i] = (float)(state.Parameters[i] + (learningRate * m / (Math.Sqrt(v) + epsilon)));
        }

        return new ServerState(parameters, [first, second], state.Step + 1);
    }
}
