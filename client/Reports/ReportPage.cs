using System.Globalization;
using System.Net;
using System.Text;

namespace Sheaf.Client.Reports;

/// <summary>A report as one HTML page that needs nothing else: no script, no other file, no network.</summary>
internal static class ReportPage
{
    private const string Style = """
        :root { color-scheme: light; }
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
        h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
        .wide { overflow-x: auto; } .figures { display: flex; flex-wrap: wrap; gap: 1rem; }
        table { border-collapse: collapse; } th, td { padding: .3rem .7rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #ddd; }
        th { border-bottom: 2px solid #888; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
        figure { margin: 0; } figure svg { max-width: 100%; height: auto; } figcaption { font-size: .85rem; color: #555; }
        .note { color: #555; font-size: .9rem; }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The HTML text.</returns>
    public static string Write(Report report)
    {
        var names = report.Arms.Select(arm => arm.Study.Name).Distinct(StringComparer.Ordinal).ToList();
        var title = report.Arms.Count == 1 ? report.Arms[0].Name : names.Count == 1 ? names[0] : $"{report.Arms.Count} arms compared";
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{Text(title)} – Sheaf</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>{Text(title)}</h1>\n");
        AppendDescription(page, report);
        page.Append("<h2>Results</h2>\n");
        AppendTable(page, ReportTable.Headers(report), ReportTable.Rows(report));
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">Mean ± standard deviation over seeds, where there are several; “to” counts rounds until that accuracy. Scores are those of the model on held-out examples, which a real deployment has none of; “on new”, “lightest” and “heaviest” say the {report.Measure.Name} on new examples before anybody trained on them, and on the least and the most active tenth of the devices.</p>\n");
        page.Append("<div class=\"figures\">\n");
        foreach (var figure in report.Figures)
        {
            page.Append(FigureOf(figure.Name, figure.Draw));
        }

        page.Append("</div>\n");
        foreach (var section in report.Sections)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>{Text(section.Title)}</h2>\n<p class=\"note\">{Text(section.Note)}</p>\n");
            AppendTable(page, section.Headers, section.Rows);
            page.Append(section.Draw is { } draw
                ? FigureOf(section.Name, draw)
                : $"<p class=\"note\">Numbers: {CsvLink(section.Name)}</p>\n");
        }

        if (report.Settings.Count > 0)
        {
            page.Append("<h2>What the arms do differently</h2>\n");
            AppendTable(page, ["field", .. report.Arms.Select(arm => arm.Name)], report.Settings.Select(row => (IReadOnlyList<string>)[row.Field, .. row.Values]));
        }

        AppendRuns(page, report);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendDescription(StringBuilder page, Report report)
    {
        foreach (var description in report.Arms.Select(arm => arm.Study.Description).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Text(description)}</p>\n");
        }
    }

    private static void AppendTable(StringBuilder page, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        page.Append("<div class=\"wide\"><table>\n<tr>").AppendJoin("", headers.Select(header => $"<th>{Text(header)}</th>")).Append("</tr>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static void AppendRuns(StringBuilder page, Report report)
    {
        page.Append("<h2>Runs</h2>\n<p class=\"note\">Each can be repeated: <code>sheaf run FOLDER/study.json</code>.</p>\n");
        AppendTable(
            page,
            ["arm", "seed", "last checkpoint (SHA-256)", "repeatable", "folder"],
            report.Arms.SelectMany(arm => arm.Runs.Select(run => (IReadOnlyList<string>)
            [
                arm.Name,
                run.Study.Seed.ToString(CultureInfo.InvariantCulture),
                run.Rounds[^1].Checkpoint,
                run.IsFinished ? run.Rounds.All(round => round.Repeatable) ? "yes" : "no" : "not finished",
                run.Folder,
            ])));
    }

    private static string FigureOf(string name, Func<string> draw) => $"<figure>\n{draw()}\n<figcaption>Numbers: {CsvLink(name)}</figcaption>\n</figure>\n";

    private static string CsvLink(string name) => $"<a href=\"{ReportFolder.FiguresFolder}/{name}.csv\">{name}.csv</a>";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
