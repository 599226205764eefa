namespace Sheaf.Client.Reports;

/// <summary>The numbers beside a plot or a table, for other programs.</summary>
/// <param name="Headers">The names of the columns: those with texts come first.</param>
/// <param name="Rows">The texts and the numbers of each row.</param>
internal sealed record ReportNumbers(IReadOnlyList<string> Headers, IReadOnlyList<(IReadOnlyList<string> Texts, IReadOnlyList<double> Values)> Rows);
