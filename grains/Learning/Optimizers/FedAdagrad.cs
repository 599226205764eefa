namespace Sheaf.Learning.Optimizers;

/// <summary>
/// Adagrad on the server (Reddi et al., "Adaptive federated optimization", ICLR 2021, algorithm 2, FedAdagrad):
/// m ← β₁·m + (1−β₁)·Δ, v ← v + Δ², x ← x + η·m / (√v + τ). The paper's experiments use β₁ = 0.
/// </summary>
/// <param name="LearningRate">η, above 0.</param>
/// <param name="Beta1">β₁ in [0, 1).</param>
/// <param name="Epsilon">τ, the adaptivity, above 0; v starts at τ².</param>
public sealed record FedAdagrad(double LearningRate = 0.01, double Beta1 = 0, double Epsilon = 1e-3) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => "fedadagrad";

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters) => AdaptiveStep.Initialize(parameters, Epsilon);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate) =>
        AdaptiveStep.Apply(state, meanUpdate, LearningRate, Beta1, Epsilon, default(SecondMoment));

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { LearningRate = LearningRate * factor };

    private readonly record struct SecondMoment : ISecondMoment
    {
        public double Next(double v, double square) => v + square;
    }
}
