namespace Sheaf.Learning.Aggregation;

/// <summary>Refuses calls of an <see cref="IChunkMath"/> whose arguments do not fit one another.</summary>
public static class ChunkMathArguments
{
    /// <summary>Checks a number of values.</summary>
    /// <param name="actual">How many there are.</param>
    /// <param name="expected">How many are needed.</param>
    /// <param name="what">What they are: <c>The result</c>.</param>
    /// <exception cref="ArgumentException">It is another number.</exception>
    public static void EnsureLength(int actual, int expected, string what)
    {
        if (actual != expected)
        {
            throw new ArgumentException($"{what} has {actual} values where {expected} are needed: is it of the same chunk?");
        }
    }

    /// <summary>The columns of a matrix.</summary>
    /// <param name="values">How many values it has.</param>
    /// <param name="rows">In how many rows, at least 1.</param>
    /// <returns>How many values a row has.</returns>
    /// <exception cref="ArgumentException">There is no row, or the rows are not equally long.</exception>
    public static int ColumnsOf(int values, int rows) => rows > 0 && values % rows == 0
        ? values / rows
        : throw new ArgumentException($"{values} values are no {rows} rows of equal length.");

    /// <summary>Checks how many inputs are left out at either end.</summary>
    /// <param name="trimmed">The number.</param>
    /// <param name="inputs">How many inputs there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0, or nothing would be left.</exception>
    public static void EnsureTrimmed(int trimmed, int inputs)
    {
        if (trimmed < 0 || 2 * (long)trimmed >= inputs)
        {
            throw new ArgumentOutOfRangeException(nameof(trimmed), trimmed, $"From {inputs} inputs, 0 to {(inputs - 1) / 2} can be left out at either end.");
        }
    }
}
