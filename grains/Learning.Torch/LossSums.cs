namespace Sheaf.Learning.Torch;

/// <summary>What a device's batches add up to.</summary>
/// <param name="Sum">Σ of the batches' mean losses, in nats.</param>
/// <param name="Squares">Σ of the batches' mean squared losses.</param>
internal readonly record struct LossSums(double Sum, double Squares)
{
    /// <summary>Adds a batch.</summary>
    /// <param name="mean">Its mean loss.</param>
    /// <param name="meanSquare">Its mean squared loss.</param>
    /// <returns>Both.</returns>
    public LossSums Add(double mean, double meanSquare) => new(Sum + mean, Squares + meanSquare);
}
