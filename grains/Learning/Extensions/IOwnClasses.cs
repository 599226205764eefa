using Sheaf.Learning.Models;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Extensions;

/// <summary>Finds what users bring: models and selection strategies. Thread-safe.</summary>
public interface IOwnClasses
{
    /// <summary>Finds a model.</summary>
    /// <param name="source">The class.</param>
    /// <param name="buckets">How many buckets tokens are hashed into, at least 1.</param>
    /// <param name="classes">How many classes it tells apart, at least 2.</param>
    /// <returns>The model, which has been tried out.</returns>
    /// <exception cref="OwnClassException">It cannot be loaded, or it failed.</exception>
    ModelArchitecture ModelOf(OwnClass source, int buckets, int classes);

    /// <summary>Finds a selection strategy.</summary>
    /// <param name="source">The class.</param>
    /// <returns>The strategy; equal sources give equal ones.</returns>
    /// <exception cref="OwnClassException">It cannot be loaded.</exception>
    ISelectionWeights WeightsOf(OwnClass source);
}
