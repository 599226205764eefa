using Sheaf.Client.Reports;
using Spectre.Console;

namespace Sheaf.Client.Output;

/// <summary>A report in a terminal.</summary>
internal static class ReportView
{
    /// <summary>The results, one row an arm, as far as they fit into eighty columns.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The table.</returns>
    public static Table TableOf(Report report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.Caption(report.Target is { } target && report.Measure == Measure.Accuracy
            ? FormattableString.Invariant($"to {100 * target:0.#} %: rounds until that accuracy; mean ± standard deviation over seeds")
            : "mean ± standard deviation over seeds");
        var (headers, rows) = (ReportTable.Headers(report, narrow: true), ReportTable.Rows(report, narrow: true));
        foreach (var (index, header) in headers.Index())
        {
            table.AddColumn(index == 0 ? new TableColumn(header) : new TableColumn(header).RightAligned().NoWrap().Padding(0, 0));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        return table;
    }
}
