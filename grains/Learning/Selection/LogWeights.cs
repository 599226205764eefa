namespace Sheaf.Learning.Selection;

/// <summary>The weight is the logarithm of the activity: ln(1 + n). Between uniform and proportional, nearer to uniform the more active devices are.</summary>
public sealed record LogWeights : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "log";

    /// <inheritdoc/>
    public double WeightOf(int activity) => activity > 0 ? Math.Log(1.0 + activity) : 0;
}
