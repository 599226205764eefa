using Sheaf.Learning.Selection;

namespace Examples.OwnModel;

/// <summary>Selects in proportion to the square root of a device's activity, and nobody with fewer than three examples.</summary>
public sealed class SquareRoot : ISelectionWeights
{
    /// <inheritdoc/>
    public string Name => "square-root-of-three-or-more";

    /// <inheritdoc/>
    public double WeightOf(int activity) => activity < 3 ? 0 : Math.Sqrt(activity);
}
