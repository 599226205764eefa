using System.Globalization;

namespace Sheaf.Client.Reports;

/// <summary>The results of a report as a table of texts, for the page and, fewer of them, for the terminal.</summary>
internal static class ReportTable
{
    private const string Nothing = "–";
    private const string New = "on new";

    /// <summary>The columns that fit into a terminal, by their index: the accuracy on new examples, where there is one, rather than the loss.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The indices.</returns>
    public static IReadOnlyList<int> Narrow(Report report) => [0, 1, 3, HasNew(report) ? Headers(report).Index().First(header => header.Item == New).Index : 5, 6, 7];

    /// <summary>The names of the columns.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One per column.</returns>
    public static IReadOnlyList<string> Headers(Report report) =>
    [
        "arm",
        "seeds",
        "rounds",
        "accuracy",
        "best",
        "loss",
        report.Target is { } target ? string.Create(CultureInfo.InvariantCulture, $"to {100 * target:0.#} %") : "to target",
        "examples",
        "updates",
        "abandoned",
        .. HasNew(report) ? (string[])[New] : [],
        .. report.Rows.Any(row => row.Forgetting is not null) ? (string[])["forgetting"] : [],
        .. report.Rows.Any(row => row.NeverSelected is not null) ? (string[])["never selected"] : [],
        .. report.Arms.Any(arm => arm.IsLanguage) ? (string[])["bits per word", "perplexity"] : [],
    ];

    /// <summary>The rows.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One text per column.</returns>
    public static IEnumerable<IReadOnlyList<string>> Rows(Report report) => report.Rows.Select(row => (IReadOnlyList<string>)
    [
        row.Unfinished > 0 ? $"{row.Arm} ({row.Unfinished} not finished)" : row.Arm,
        row.Seeds.Count.ToString(CultureInfo.InvariantCulture),
        row.Rounds.Show("0.#"),
        row.LastAccuracy?.Show("0.000") ?? Nothing,
        row.BestAccuracy?.Show("0.000") ?? Nothing,
        row.LastLoss?.Show("0.000") ?? Nothing,
        row.ToTarget?.ToString() ?? Nothing,
        row.Examples.Show("#,0"),
        row.Updates.Show("#,0"),
        row.Abandoned.ToString(CultureInfo.InvariantCulture),
        .. HasNew(report) ? (string[])[row.NewAccuracy?.Show("0.000") ?? Nothing] : [],
        .. report.Rows.Any(each => each.Forgetting is not null) ? (string[])[row.Forgetting?.Show("0.000") ?? Nothing] : [],
        .. report.Rows.Any(each => each.NeverSelected is not null) ? (string[])[row.NeverSelected?.Show("0.000") ?? Nothing] : [],
        .. report.Arms.Any(arm => arm.IsLanguage) ? (string[])[row.LastBits?.Show("0.000") ?? Nothing, row.LastPerplexity?.Show("0.0") ?? Nothing] : [],
    ]);

    private static bool HasNew(Report report) => report.Rows.Any(row => row.NewAccuracy is not null);
}
