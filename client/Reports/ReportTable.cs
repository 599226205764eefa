using System.Globalization;

namespace Sheaf.Client.Reports;

/// <summary>The results of a report as a table of texts, for the page and, fewer of them, for the terminal.</summary>
internal static class ReportTable
{
    private const string Nothing = "–";

    /// <summary>The columns that fit into a terminal, by their index.</summary>
    public static IReadOnlyList<int> Narrow { get; } = [0, 1, 3, 5, 6, 7];

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
        .. report.Arms.Any(arm => arm.IsLanguage) ? (string[])[row.LastBits?.Show("0.000") ?? "–", row.LastPerplexity?.Show("0.0") ?? "–"] : [],
    ]);
}
