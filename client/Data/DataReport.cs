using System.Globalization;
using System.Text;

namespace Sheaf.Client.Data;

/// <summary>What one pass over a data file found. It keeps the first 10 problems and counts the others, so that a file of a
/// billion bad rows costs no memory. Not thread-safe.</summary>
/// <param name="path">The file.</param>
internal sealed class DataReport(string path)
{
    private const int ProblemsMax = 10;

    private readonly List<DataProblem> _problems = [];

    /// <summary>The file, as it was named.</summary>
    public string Path { get; } = path;

    /// <summary>How many labelled, well-formed rows there were.</summary>
    public long Rows { get; private set; }

    /// <summary>How many rows were skipped because their label is empty.</summary>
    public long Unlabelled { get; private set; }

    /// <summary>How many problems there are, shown or not; a row can have several.</summary>
    public long ProblemCount { get; private set; }

    /// <summary>The first problems, at most 10.</summary>
    public IReadOnlyList<DataProblem> Problems => _problems;

    /// <summary>Counts a good row.</summary>
    public void CountRow() => Rows++;

    /// <summary>Counts a row without a label.</summary>
    public void CountUnlabelled() => Unlabelled++;

    /// <summary>Adds a problem.</summary>
    /// <param name="problem">The problem.</param>
    public void Add(DataProblem problem)
    {
        ProblemCount++;
        if (_problems.Count < ProblemsMax)
        {
            _problems.Add(problem);
        }
    }

    /// <summary>Adds a problem of the whole file, which is shown before those of its rows.</summary>
    /// <param name="column">The column it concerns, or null.</param>
    /// <param name="what">What is wrong, and the remedy.</param>
    public void AddFirst(string? column, string what)
    {
        ProblemCount++;
        var place = _problems.FindIndex(problem => problem.Line is not null);
        _problems.Insert(place < 0 ? _problems.Count : place, new DataProblem(null, column, null, what));
        if (_problems.Count > ProblemsMax)
        {
            _problems.RemoveAt(ProblemsMax);
        }
    }

    /// <summary>Refuses a file that has problems.</summary>
    /// <exception cref="DataFileException">There is at least one problem.</exception>
    public void ThrowIfBad()
    {
        if (ProblemCount > 0)
        {
            throw new DataFileException(this);
        }
    }

    /// <summary>All of it, as an error message shows it.</summary>
    /// <returns>One line for the file, one for each problem shown, one for the others.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        var plural = ProblemCount == 1 ? "" : "s";
        text.Append(CultureInfo.InvariantCulture, $"The data file '{Path}' has {ProblemCount} problem{plural}:");
        foreach (var problem in _problems)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {problem}");
        }

        if (ProblemCount > _problems.Count)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {ProblemCount - _problems.Count} more.");
        }

        return text.ToString();
    }
}
