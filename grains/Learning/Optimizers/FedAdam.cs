namespace Sheaf.Learning.Optimizers;

/// <summary>
/// Adam on the server (Reddi et al., "Adaptive federated optimization", ICLR 2021, algorithm 2, FedAdam):
/// m ← β₁·m + (1−β₁)·Δ, v ← β₂·v + (1−β₂)·Δ², x ← x + η·m / (√v + τ), without bias correction, as in the paper.
/// </summary>
/// <param name="LearningRate">η, above 0.</param>
/// <param name="Beta1">β₁ in [0, 1).</param>
/// <param name="Beta2">β₂ in [0, 1).</param>
/// <param name="Epsilon">τ, the adaptivity, above 0; v starts at τ².</param>
public sealed record FedAdam(double LearningRate = 0.01, double Beta1 = 0.9, double Beta2 = 0.99, double Epsilon = 1e-3) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => "fedadam";

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters)
    {
        var second = new float[parameters.Length];
        Array.Fill(second, (float)(Epsilon * Epsilon));
        return new ServerState(parameters, [new float[parameters.Length], second], 0);
    }

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate)
    {
        UpdateLength.Ensure(state, meanUpdate);
        var length = meanUpdate.Length;
        var (parameters, first, second) = (new float[length], new float[length], new float[length]);
        for (var i = 0; i < length; i++)
        {
            double update = meanUpdate[i];
            var m = (Beta1 * state.Moments[0][i]) + ((1 - Beta1) * update);
            var v = (Beta2 * state.Moments[1][i]) + ((1 - Beta2) * update * update);
            (first[i], second[i]) = ((float)m, (float)v);
            parameters[i] = (float)(state.Parameters[i] + (LearningRate * m / (Math.Sqrt(v) + Epsilon)));
        }

        return new ServerState(parameters, [first, second], state.Step + 1);
    }
}
