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
    public ServerState Initialize(float[] parameters) => AdaptiveStep.Initialize(parameters, Epsilon);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate) =>
        AdaptiveStep.Apply(state, meanUpdate, LearningRate, Beta1, Epsilon, new SecondMoment(Beta2));

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { LearningRate = LearningRate * factor };

    private readonly record struct SecondMoment(double Beta2) : ISecondMoment
    {
        public double Next(double v, double square) => (Beta2 * v) + ((1 - Beta2) * square);
    }
}
