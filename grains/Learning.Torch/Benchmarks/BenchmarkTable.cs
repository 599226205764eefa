namespace Sheaf.Learning.Torch.Benchmarks;

/// <summary>What a benchmark measured.</summary>
/// <param name="Headers">What was measured, and the names of the other columns.</param>
/// <param name="Rows">One text per column.</param>
public sealed record BenchmarkTable(IReadOnlyList<string> Headers, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>For a page of documentation.</summary>
    /// <returns>A table in Markdown.</returns>
    public string ToMarkdown() => string.Concat(new[] { LineOf(Headers), $"|{string.Concat(Headers.Select(_ => "---|"))}\n" }.Concat(Rows.Select(LineOf)));

    private static string LineOf(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
