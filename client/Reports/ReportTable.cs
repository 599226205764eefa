using System.Globalization;

namespace Sheaf.Client.Reports;

/// <summary>The results of a report as a table of texts, for the page and, fewer of them, for the terminal.</summary>
internal static class ReportTable
{
    private const string Nothing = "–";

    /// <summary>The names of the columns.</summary>
    /// <param name="report">The report.</param>
    /// <param name="narrow">Whether only those that fit into a terminal are wanted.</param>
    /// <returns>One per column.</returns>
    public static IReadOnlyList<string> Headers(Report report, bool narrow = false) => [.. ColumnsOf(report, narrow).Select(column => column.Header)];

    /// <summary>The rows.</summary>
    /// <param name="report">The report.</param>
    /// <param name="narrow">Whether only the columns that fit into a terminal are wanted.</param>
    /// <returns>One text per column.</returns>
    public static IEnumerable<IReadOnlyList<string>> Rows(Report report, bool narrow = false)
    {
        var columns = ColumnsOf(report, narrow).ToList();
        return report.Rows.Select(row => (IReadOnlyList<string>)[.. columns.Select(column => column.Cell(row) ?? Nothing)]);
    }

    private static IEnumerable<Column> ColumnsOf(Report report, bool narrow) => All(report).Where(column => column.IsNarrow || !narrow);

    private static IEnumerable<Column> All(Report report)
    {
        var measure = report.Measure;
        var isLanguage = measure == Measure.Perplexity;
        var hasNew = report.Rows.Any(row => row.New is not null);
        yield return new("arm", true, row => row.Unfinished > 0 ? $"{row.Arm} ({row.Unfinished} not finished)" : row.Arm);
        yield return new("seeds", true, row => row.Seeds.Count.ToString(CultureInfo.InvariantCulture));
        yield return new("rounds", false, row => row.Rounds.Show("0.#"));
        yield return new("accuracy", !isLanguage, row => row.LastAccuracy?.Show("0.000"));
        yield return new("best", false, row => row.BestAccuracy?.Show("0.000"));
        yield return new("loss", !isLanguage && !hasNew, row => row.LastLoss?.Show("0.000"));
        if (report.Arms.Any(arm => arm.IsLanguage))
        {
            yield return new("bits per word", false, row => row.LastBits?.Show("0.000"));
            yield return new("perplexity", isLanguage, row => row.LastPerplexity?.Show(Measure.Perplexity.Format));
        }

        if (hasNew)
        {
            yield return new("on new", true, row => measure.Of(row.New)?.Show(measure.Format));
        }

        if (report.Rows.Any(row => row.Groups.Count > 0))
        {
            yield return new("lightest", isLanguage, row => measure.Of(row.Groups is [var least, ..] ? least.Metrics : null)?.Show(measure.Format));
            yield return new("heaviest", isLanguage, row => measure.Of(row.Groups is [.., var most] ? most.Metrics : null)?.Show(measure.Format));
        }

        var toTarget = report.Target is { } target ? string.Create(CultureInfo.InvariantCulture, $"to {100 * target:0.#} %") : "to target";
        var hasClock = report.Rows.Any(row => row.Hours is not null);
        yield return new(toTarget, !isLanguage, row => row.ToTarget?.ToString());
        if (hasClock)
        {
            yield return new($"hours {toTarget}", !isLanguage, row => row.HoursToTarget?.ToString());
            yield return new("hours", false, row => row.Hours?.Show("0.0"));
        }

        yield return new("examples", !isLanguage && !hasClock, row => row.Examples.Show("#,0"));
        yield return new("updates", false, row => row.Updates.Show("#,0"));
        yield return new("abandoned", false, row => row.Abandoned.ToString(CultureInfo.InvariantCulture));
        if (report.Rows.Any(row => row.Forgetting is not null))
        {
            yield return new("forgetting", false, row => row.Forgetting?.Show("0.000"));
        }

        if (report.Rows.Any(row => row.NeverSelected is not null))
        {
            yield return new("never selected", false, row => row.NeverSelected?.Show("0.000"));
        }
    }

    /// <summary>A column.</summary>
    /// <param name="Header">Its name.</param>
    /// <param name="IsNarrow">Whether a terminal shows it.</param>
    /// <param name="Cell">Its text in a row; null for none.</param>
    private sealed record Column(string Header, bool IsNarrow, Func<ReportRow, string?> Cell);
}
