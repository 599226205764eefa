namespace Sheaf.Learning.Optimizers;

/// <summary>Turns the aggregated update into the next checkpoint. A value without state of its own: what it carries is in <see cref="ServerState"/>.</summary>
/// <remarks>Law: <see cref="Apply"/> is a pure function, so a round that is repeated after a crash gives the same checkpoint.</remarks>
public interface IServerOptimizer
{
    /// <summary>The name it has in a study: <c>fedavg</c>.</summary>
    string Name { get; }

    /// <summary>The state before the first round.</summary>
    /// <param name="parameters">The first checkpoint, kept, not copied.</param>
    /// <returns>The state.</returns>
    ServerState Initialize(float[] parameters);

    /// <summary>Applies one round's mean update.</summary>
    /// <param name="state">The state before the round; it stays as it is.</param>
    /// <param name="meanUpdate">Δ: the weighted mean of (local weights − checkpoint), as long as the checkpoint.</param>
    /// <returns>The state after the round.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    ServerState Apply(ServerState state, ReadOnlySpan<float> meanUpdate);

    /// <summary>The same optimizer at another learning rate; what it carries in <see cref="ServerState"/> is the same, so the two can take turns.</summary>
    /// <param name="factor">What multiplies the learning rate, at least 0.</param>
    /// <returns>The optimizer at that rate.</returns>
    IServerOptimizer Scaled(double factor);
}
