namespace Sheaf.Learning.Models;

/// <summary>One tensor of a model inside the flat parameter vector, stored row by row.</summary>
/// <param name="Name">Its name, unique in the model: <c>embedding.weight</c>.</param>
/// <param name="Offset">The index of its first value in the flat vector.</param>
/// <param name="Rows">How many rows it has; 1 for a vector.</param>
/// <param name="Columns">How many values a row has.</param>
/// <param name="IsSparse">Whether training touches few of its rows, so that only those are trained, folded and sent.</param>
/// <param name="InitialRange">The first checkpoint is uniform from −range to range; 0 means zeros.</param>
public sealed record ParameterBlock(string Name, int Offset, int Rows, int Columns, bool IsSparse, double InitialRange)
{
    /// <summary>Whether it is a vector, such as a bias, rather than a matrix of one row. Default: no.</summary>
    public bool IsVector { get; init; }

    /// <summary>How many values it has.</summary>
    public int Count => checked(Rows * Columns);
}
