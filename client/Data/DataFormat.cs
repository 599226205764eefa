namespace Sheaf.Client.Data;

/// <summary>How a data file is written. Each may be compressed with gzip, whatever the file is called.</summary>
internal enum DataFormat
{
    /// <summary>By the extension, without .gz: .tsv, .csv, .jsonl or .ndjson.</summary>
    Auto,

    /// <summary>A header, then one row a line, fields separated by tabs; quotes are plain characters.</summary>
    Tsv,

    /// <summary>A header, then rows as in RFC 4180: fields separated by commas, quoted where they hold a comma, a quote or a line break.</summary>
    Csv,

    /// <summary>One JSON object a line; its top-level properties are the columns.</summary>
    Jsonl,
}
