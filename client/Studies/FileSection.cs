using Sheaf.Client.Data;

namespace Sheaf.Client.Studies;

/// <summary>How the rows of a file are cut into periods.</summary>
internal enum PeriodCutting
{
    /// <summary>Into equally many rows, in the order of their times.</summary>
    Rows,

    /// <summary>Into equally long spans of time.</summary>
    Time,
}

/// <summary>A population whose examples are the rows of a file.</summary>
internal sealed record FileSection
{
    /// <summary>The file. A relative path begins at the folder of the study's file. Null (the default): it is named when the study is run.</summary>
    public string? Path { get; init; }

    /// <summary>How it is written: "auto" (by its extension), "tsv", "csv" or "jsonl". Default: "auto".</summary>
    public DataFormat Format { get; init; } = DataFormat.Auto;

    /// <summary>Which column holds what.</summary>
    public DataColumns Columns { get; init; } = new();

    /// <summary>How the rows are cut into periods, by their times: "rows" (equally many in each) or "time" (equally long ones, some of which may
    /// be empty). Default: "rows".</summary>
    public PeriodCutting Cut { get; init; } = PeriodCutting.Rows;

    /// <summary>Which rows belong to which device.</summary>
    public PartitionSection Partition { get; init; } = new();
}
