namespace Sheaf.Learning.Aggregation;

/// <summary>A run of parameters of all inputs of a rule: one row per input, in the canonical order of the inputs.</summary>
public readonly ref struct InputChunk
{
    /// <summary>Views values as a chunk.</summary>
    /// <param name="values">The values, row by row; they must be finite.</param>
    /// <param name="inputs">How many rows, at least 1.</param>
    /// <exception cref="ArgumentException">The values are no whole number of columns.</exception>
    public InputChunk(ReadOnlySpan<float> values, int inputs)
    {
        Values = values;
        (Inputs, Columns) = (inputs, ChunkMathArguments.ColumnsOf(values.Length, inputs));
    }

    /// <summary>The values, row by row.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>How many inputs there are.</summary>
    public int Inputs { get; }

    /// <summary>How many parameters the chunk has.</summary>
    public int Columns { get; }

    /// <summary>The values of one input.</summary>
    /// <param name="input">The input, from 0.</param>
    /// <returns>One value per parameter of the chunk.</returns>
    public ReadOnlySpan<float> Row(int input) => Values.Slice(input * Columns, Columns);
}
