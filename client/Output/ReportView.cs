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
        table.Caption(report.Target is { } target
            ? FormattableString.Invariant($"to {100 * target:0.#} %: rounds until that accuracy; mean ± standard deviation over seeds")
            : "mean ± standard deviation over seeds");
        var headers = ReportTable.Headers(report);
        var columns = ReportTable.Narrow(report);
        foreach (var column in columns)
        {
            table.AddColumn(column == 0 ? new TableColumn(headers[column]) : new TableColumn(headers[column]).RightAligned().NoWrap().Padding(0, 0));
        }

        foreach (var row in ReportTable.Rows(report))
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(row[column]))]);
        }

        return table;
    }
}
