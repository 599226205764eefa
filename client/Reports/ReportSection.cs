namespace Sheaf.Client.Reports;

/// <summary>A further table of a report, under a heading of its own, and its numbers.</summary>
/// <param name="Name">The name of its file, without an extension.</param>
/// <param name="Title">The heading.</param>
/// <param name="Note">How to read it: sentences.</param>
/// <param name="Headers">The names of the columns.</param>
/// <param name="Rows">One text per column.</param>
/// <param name="Numbers">The numbers behind it, at least those that it shows.</param>
/// <param name="Draw">Draws the numbers, as an SVG element; null when there are too few to see anything.</param>
internal sealed record ReportSection(
    string Name,
    string Title,
    string Note,
    IReadOnlyList<string> Headers,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    ReportNumbers Numbers,
    Func<string>? Draw);
