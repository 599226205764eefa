using Sheaf.Client.Naming;

namespace Sheaf.Client.Data;

/// <summary>Says that a column is not in a file, which ones are, and which of them was probably meant.</summary>
internal static class MissingColumn
{
    /// <summary>What is wrong, and the remedy.</summary>
    /// <param name="column">The column that was named.</param>
    /// <param name="columns">The columns of the file.</param>
    /// <returns>Two sentences.</returns>
    public static string Describe(string column, IReadOnlyCollection<string> columns)
    {
        if (columns.Count == 0)
        {
            return "not in the file, which names no column. Give it a header, or rows with properties.";
        }

        var remedy = NearestName.Find(column, columns) is { } nearest
            ? $"Did you mean '{Quoting.Shorten(nearest)}'?"
            : "Name one of them in the study's population.file.columns.";
        return $"not in the file, whose columns are {Quoting.List(columns)}. {remedy}";
    }
}
