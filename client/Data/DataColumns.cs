namespace Sheaf.Client.Data;

/// <summary>Which column of a data file holds what. Names are matched exactly, case included.</summary>
internal sealed record DataColumns
{
    /// <summary>The column of the device's id; null: every row belongs to one device, "all". Default: "device".</summary>
    public string? Device { get; init; } = "device";

    /// <summary>The column of the time: ISO 8601, "2015-06-17 07:46", or whole seconds or milliseconds since the Unix epoch; null: the
    /// number of the row, the first being 1, in seconds since the Unix epoch. Default: "time".</summary>
    /// <remarks>See <see cref="DataTime"/>.</remarks>
    public string? Time { get; init; } = "time";

    /// <summary>The column of the text. Default: "text".</summary>
    public string Text { get; init; } = "text";

    /// <summary>The column of the label; rows where it is empty are skipped. Null: there is none, which suits the task "next-word" alone; it reads
    /// none but for a partition by labels. Default: "label".</summary>
    public string? Label { get; init; } = "label";

    /// <summary>The column that says which part of the data a row belongs to, such as "train" or "test"; null (the default): none.</summary>
    public string? Split { get; init; }

    /// <summary>The columns that are read, each once, in the order device, time, text, label, split.</summary>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> Named() =>
        [.. new[] { Device, Time, Text, Label, Split }.OfType<string>().Distinct(StringComparer.Ordinal)];
}
