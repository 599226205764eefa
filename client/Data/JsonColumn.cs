using System.Globalization;

namespace Sheaf.Client.Data;

/// <summary>A property of JSON lines, which have no header: a column exists once a row has it.</summary>
internal sealed class JsonColumn
{
    private long _missedFirstLine;
    private long _missedCount;

    private JsonColumn(string name, bool isRequired) => (Name, IsRequired) = (name, isRequired);

    /// <summary>The name of the property.</summary>
    public string Name { get; }

    /// <summary>Whether a row without it is bad.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether any row has it.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>A column, when it has a name.</summary>
    /// <param name="name">The name, or null.</param>
    /// <param name="isRequired">Whether a row without it is bad.</param>
    /// <returns>The column, or null.</returns>
    public static JsonColumn? Named(string? name, bool isRequired) => name is null ? null : new JsonColumn(name, isRequired);

    /// <summary>Notes that a row has it. Rows before the first that has it were bad after all, and are reported now.</summary>
    /// <param name="line">The row's line.</param>
    /// <param name="report">Where to report.</param>
    public void SeeAt(long line, DataReport report)
    {
        IsSeen = true;
        if (_missedCount > 0)
        {
            var others = string.Create(CultureInfo.InvariantCulture, $" here and in all {_missedCount} rows before line {line}");
            report.Add(new DataProblem(_missedFirstLine, Name, null, $"missing{(_missedCount == 1 ? "" : others)}. Add it, or take the row out."));
            _missedCount = 0;
        }
    }

    /// <summary>Notes that a row lacks it: a problem of the row, unless no row has it.</summary>
    /// <param name="line">The row's line.</param>
    /// <param name="report">Where to report.</param>
    public void MissAt(long line, DataReport report)
    {
        if (IsSeen)
        {
            report.Add(new DataProblem(line, Name, null, "missing. Add it, or take the row out."));
            return;
        }

        _missedFirstLine = _missedCount++ == 0 ? line : _missedFirstLine;
    }
}
