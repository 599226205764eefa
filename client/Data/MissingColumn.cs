using Sheaf.Client.Naming;

namespace Sheaf.Client.Data;

/// <summary>Says that a column is not in a file, which ones are, and which of them was probably meant.</summary>
internal static class MissingColumn
{
    private const string Tasks = "The task \"classification\" learns the label of a text; \"next-word\" (task.type) learns from texts without labels.";

    /// <summary>What is wrong, and the remedy.</summary>
    /// <param name="column">The column that was named.</param>
    /// <param name="columns">The columns of the file.</param>
    /// <param name="named">The columns that the study names.</param>
    /// <returns>Two sentences, or three for the label: not every task needs one.</returns>
    public static string Describe(string column, IReadOnlyCollection<string> columns, DataColumns named)
    {
        if (columns.Count == 0)
        {
            return "not in the file, which names no column. Give it a header, or rows with properties.";
        }

        var remedy = NearestName.Find(column, columns) is { } nearest
            ? $"Did you mean '{Quoting.Shorten(nearest)}'?"
            : "Name one of them in the study's population.file.columns." + (column == named.Label ? $" {Tasks}" : "");
        return $"not in the file, whose columns are {Quoting.List(columns)}. {remedy}";
    }
}
