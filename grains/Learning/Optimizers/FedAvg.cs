namespace Sheaf.Learning.Optimizers;

/// <summary>x ← x + η·Δ (McMahan et al., AISTATS 2017, algorithm 1, for η = 1; Reddi et al., ICLR 2021, algorithm 1, with SGD as server optimizer).</summary>
/// <param name="LearningRate">η, above 0; 1 takes the mean of the devices' models.</param>
public sealed record FedAvg(double LearningRate = 1) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => "fedavg";

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters) => new(parameters, [], 0);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate)
    {
        UpdateLength.Ensure(state, meanUpdate);
        var next = new float[meanUpdate.Length];
        for (var i = 0; i < next.Length; i++)
        {
            next[i] = (float)(state.Parameters[i] + (LearningRate * meanUpdate[i]));
        }

        return new ServerState(next, [], state.Step + 1);
    }

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { LearningRate = LearningRate * factor };
}
