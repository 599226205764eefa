using System.Globalization;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Data;

/// <summary>One thing that is wrong with a data file.</summary>
/// <param name="Line">The line, the first being 1; null when it concerns the whole file.</param>
/// <param name="Column">The column; null when it concerns the whole row or file.</param>
/// <param name="Value">The value that was found; null when there is none to show. Messages show its first 40 characters.</param>
/// <param name="What">What is wrong, and the remedy: one or more sentences.</param>
internal sealed record DataProblem(long? Line, string? Column, string? Value, string What)
{
    /// <summary>Where it is, as <c>line 3, column 'time', value 'now'</c>; empty for the whole file.</summary>
    public string Place
    {
        get
        {
            string?[] places =
            [
                Line is null ? null : string.Create(CultureInfo.InvariantCulture, $"line {Line}"),
                Column is null ? null : $"column '{Quoting.Shorten(Column)}'",
                Value is null ? null : $"value '{Quoting.Shorten(Value)}'",
            ];
            return string.Join(", ", places.OfType<string>());
        }
    }

    /// <summary>The problem in one line.</summary>
    /// <returns>For example <c>line 3, column 'time', value 'now': not a time. Write …</c>.</returns>
    public override string ToString() => Place.Length == 0 ? What : $"{Place}: {What}";
}
