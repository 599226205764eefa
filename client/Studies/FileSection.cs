using Sheaf.Client.Data;

namespace Sheaf.Client.Studies;

/// <summary>A population whose examples are the rows of a file.</summary>
internal sealed record FileSection
{
    /// <summary>The file. A relative path begins at the folder of the study's file. Null (the default): it is named when the study is run.</summary>
    public string? Path { get; init; }

    /// <summary>How it is written: "auto" (by its extension), "tsv", "csv" or "jsonl". Default: "auto".</summary>
    public DataFormat Format { get; init; } = DataFormat.Auto;

    /// <summary>Which column holds what.</summary>
    public DataColumns Columns { get; init; } = new();

    /// <summary>Which rows belong to which device.</summary>
    public PartitionSection Partition { get; init; } = new();
}
