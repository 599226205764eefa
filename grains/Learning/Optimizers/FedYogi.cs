namespace Sheaf.Learning.Optimizers;

/// <summary>
/// Yogi on the server (Reddi et al., "Adaptive federated optimization", ICLR 2021, algorithm 2, FedYogi):
/// m ← β₁·m + (1−β₁)·Δ, v ← v − (1−β₂)·Δ²·sign(v − Δ²), x ← x + η·m / (√v + τ). Where v is too large it falls by steps of the size of
/// Δ², more slowly than FedAdam's.
/// </summary>
/// <param name="LearningRate">η, above 0.</param>
/// <param name="Beta1">β₁ in [0, 1).</param>
/// <param name="Beta2">β₂ in [0, 1).</param>
/// <param name="Epsilon">τ, the adaptivity, above 0; v starts at τ².</param>
public sealed record FedYogi(double LearningRate = 0.01, double Beta1 = 0.9, double Beta2 = 0.99, double Epsilon = 1e-3) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => "fedyogi";

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters) => AdaptiveStep.Initialize(parameters, Epsilon);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate) =>
        AdaptiveStep.Apply(state, meanUpdate, LearningRate, Beta1, Epsilon, new SecondMoment(Beta2));

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { LearningRate = LearningRate * factor };

    private readonly record struct SecondMoment(double Beta2) : ISecondMoment
    {
        // v stays at or above 0: it falls only where Δ² is below it, and by less than Δ².
        public double Next(double v, double square) => v - ((1 - Beta2) * square * v.CompareTo(square));
    }
}
