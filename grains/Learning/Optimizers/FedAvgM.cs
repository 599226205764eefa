namespace Sheaf.Learning.Optimizers;

/// <summary>
/// Momentum on the server (Hsu, Qi and Brown, "Measuring the effects of non-identical data distribution for federated visual
/// classification", 2019, FedAvgM): v ← β·v + Δ, x ← x + η·v. With a constant Δ steps grow to η·Δ / (1−β).
/// </summary>
/// <param name="LearningRate">η, above 0.</param>
/// <param name="Momentum">β in [0, 1); 0 is FedAvg.</param>
public sealed record FedAvgM(double LearningRate = 1, double Momentum = 0.9) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => "fedavgm";

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters) => new(parameters, [new float[parameters.Length]], 0);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate)
    {
        UpdateLength.Ensure(state, meanUpdate);
        var (parameters, velocity) = (new float[meanUpdate.Length], new float[meanUpdate.Length]);
        for (var i = 0; i < parameters.Length; i++)
        {
            var v = (Momentum * state.Moments[0][i]) + meanUpdate[i];
            velocity[i] = (float)v;
            parameters[i] = (float)(state.Parameters[i] + (LearningRate * v));
        }

        return new ServerState(parameters, [velocity], state.Step + 1);
    }

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { LearningRate = LearningRate * factor };
}
