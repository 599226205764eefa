namespace Sheaf.Learning.Optimizers;

/// <summary>An optimizer whose learning rate follows a schedule. <see cref="ServerState.Step"/> is the clock, so a round that is repeated has the same rate.</summary>
/// <param name="Optimizer">The optimizer at its full rate.</param>
/// <param name="Schedule">What multiplies the rate.</param>
public sealed record ScheduledOptimizer(IServerOptimizer Optimizer, LearningRateSchedule Schedule) : IServerOptimizer
{
    /// <inheritdoc/>
    public string Name => Optimizer.Name;

    /// <inheritdoc/>
    public ServerState Initialize(float[] parameters) => Optimizer.Initialize(parameters);

    /// <inheritdoc/>
    public ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Optimizer.Scaled(Schedule.FactorAt(state.Step)).Apply(state, meanUpdate);
    }

    /// <inheritdoc/>
    public IServerOptimizer Scaled(double factor) => this with { Optimizer = Optimizer.Scaled(factor) };
}
