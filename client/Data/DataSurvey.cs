using System.Collections.Immutable;
using System.Globalization;

namespace Sheaf.Client.Data;

/// <summary>What a first pass over a data file finds: all that must be known before its rows can be sent to devices.</summary>
/// <param name="Labels">Every label once, in ordinal order: the classes of a classification; the empty one alone where no column of labels is read.</param>
/// <param name="LabelRows">How many rows each label has, in the order of the labels.</param>
/// <param name="Devices">How many devices there are.</param>
/// <param name="Rows">How many rows there are, those that were skipped aside.</param>
/// <param name="Unlabelled">How many rows were skipped because their label is empty.</param>
/// <param name="Start">The earliest time of a row.</param>
/// <param name="End">The latest time of a row.</param>
/// <param name="UntrainedLabels">Labels that the file holds out in every row, in ordinal order: nothing can be learnt of them.</param>
/// <param name="Words">The words of the rows to train on, the most frequent first; empty where nobody asked for them.</param>
internal sealed record DataSurvey(
    ImmutableArray<string> Labels,
    ImmutableArray<long> LabelRows,
    int Devices,
    long Rows,
    long Unlabelled,
    DateTimeOffset Start,
    DateTimeOffset End,
    ImmutableArray<string> UntrainedLabels,
    ImmutableArray<string> Words)
{
    /// <summary>The most labels a file may have: beyond, the wrong column was named.</summary>
    public const int LabelsMax = 10_000;

    /// <summary>Reads the whole file once. Memory grows with the devices and the labels, not with the rows.</summary>
    /// <param name="file">The file.</param>
    /// <param name="words">What is to be counted of the words, which takes memory for each different one; null for nothing.</param>
    /// <returns>What it holds: at least one row and, where labels and words are read, at least two labels and a word.</returns>
    /// <exception cref="DataFileException">The file has a bad row, no row to use, none to train on, one label alone or more than
    /// <see cref="LabelsMax"/>, no word, or cannot be read.</exception>
    public static DataSurvey Take(DataFile file, WordSurvey? words = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        var labels = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var trained = new HashSet<string>(StringComparer.Ordinal);
        var devices = new HashSet<string>(StringComparer.Ordinal);
        var (start, end) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var row in file.Rows())
        {
            labels[row.Label] = labels.GetValueOrDefault(row.Label) + 1;
            devices.Add(row.Device);
            words?.Add(row);
            if (row.IsHeldOut is not true)
            {
                trained.Add(row.Label);
            }

            start = row.Time < start ? row.Time : start;
            end = row.Time > end ? row.Time : end;
            if (labels.Count > LabelsMax)
            {
                break;
            }
        }

        var vocabulary = words?.MostFrequent() ?? [];
        EnsureUsable(file, labels.Count, trained.Count, hasWords: words is null || vocabulary.Length > 0);
        var untrained = file.Columns.Label is null ? [] : labels.Keys.Where(label => !trained.Contains(label));
        return new DataSurvey(
            [.. labels.Keys],
            [.. labels.Values],
            devices.Count,
            file.Report.Rows,
            file.Report.Unlabelled,
            start,
            end,
            [.. untrained],
            vocabulary);
    }

    private static void EnsureUsable(DataFile file, int labels, int trained, bool hasWords)
    {
        var (report, column) = (file.Report, file.Columns.Label);
        if (labels > LabelsMax)
        {
            var limit = LabelsMax.ToString(CultureInfo.InvariantCulture);
            report.AddFirst(column, $"more than {limit} different labels; the rest was not read. Name the column of the classes.");
        }
        else if (report.ProblemCount == 0 && report.Rows + report.Unlabelled == 0)
        {
            report.AddFirst(null, "It has no rows: its population would be empty. Put one example in each row.");
        }
        else if (report.ProblemCount == 0 && report.Rows == 0)
        {
            var skipped = string.Create(CultureInfo.InvariantCulture, $"no row has a label ({report.Unlabelled} rows have none)");
            report.AddFirst(column, $"{skipped}. Name the column of the classes.");
        }
        else if (report.ProblemCount == 0 && labels == 1 && column is not null)
        {
            report.AddFirst(column, "the same label in every row; a model needs at least 2 to tell apart. Name the column of the classes.");
        }
        else if (report.ProblemCount == 0 && trained == 0)
        {
            const string remedy = "Write it in the rows to train on, or name another column.";
            report.AddFirst(file.Columns.Split, $"no row says 'train', so that all are held out and none is left to train on. {remedy}");
        }

        if (report.ProblemCount == 0 && !hasWords)
        {
            report.AddFirst(file.Columns.Text, "no word in any row to train on. Name the column of the texts.");
        }

        report.ThrowIfBad();
    }
}
