using System.Globalization;

namespace Sheaf.Client.Data;

/// <summary>
/// A file of examples, read row by row: never is more than one row in memory. Each pass opens the file anew. Not thread-safe.
/// </summary>
internal sealed class DataFile
{
    private const string OnlyDevice = "all";
    private const int DeviceLengthMax = 256;

    private DataFile(string path, DataFormat format, DataColumns columns) =>
        (Path, Format, Columns, Report) = (path, format, columns, new DataReport(path));

    /// <summary>The file, as it was named.</summary>
    public string Path { get; }

    /// <summary>How it is written; never <see cref="DataFormat.Auto"/>.</summary>
    public DataFormat Format { get; }

    /// <summary>Which columns are read.</summary>
    public DataColumns Columns { get; }

    /// <summary>What the latest pass found so far; complete when its enumeration has ended.</summary>
    public DataReport Report { get; private set; }

    /// <summary>Names a file to read.</summary>
    /// <param name="path">The file, compressed with gzip or not.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="columns">Which columns to read.</param>
    /// <returns>The file; its contents are read by <see cref="Rows"/>.</returns>
    /// <exception cref="DataFileException">The file does not exist, or its extension does not tell its format.</exception>
    public static DataFile Open(string path, DataFormat format, DataColumns columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        DataStream.EnsureFile(path);
        return new DataFile(path, format == DataFormat.Auto ? Detect(path) : format, columns);
    }

    /// <summary>Reads the file: its good rows, those without a label left out where a column of labels is read. Bad ones go into <see cref="Report"/>, and the caller decides.</summary>
    /// <returns>The rows in the order of the file.</returns>
    /// <exception cref="DataFileException">The reading had to stop: a column is missing, the file is damaged or cannot be read.</exception>
    public IEnumerable<DataRow> Rows()
    {
        var report = Report = new DataReport(Path);
        using var reader = MakeReader(report);
        while (TryRead(reader, report, out var record))
        {
            if (ToRow(record, reader.RowNumber, report) is { } row)
            {
                report.CountRow();
                yield return row;
            }
        }
    }

    private static DataFormat Detect(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        switch (System.IO.Path.GetExtension(name).ToUpperInvariant())
        {
            case ".TSV":
                return DataFormat.Tsv;
            case ".CSV":
                return DataFormat.Csv;
            case ".JSONL" or ".NDJSON":
                return DataFormat.Jsonl;
            default:
                var report = new DataReport(path);
                report.AddFirst(null, "Its extension does not tell its format (.tsv, .csv, .jsonl, .ndjson, each with .gz or without). "
                    + "Set population.file.format to tsv, csv or jsonl.");
                throw new DataFileException(report);
        }
    }

    private IDataRecordReader MakeReader(DataReport report)
    {
        var stream = DataStream.Open(Path);
        return Format == DataFormat.Jsonl
            ? new JsonLinesRecordReader(stream, Columns, report)
            : new SeparatedRecordReader(stream, Format, Columns, report);
    }

    private static bool TryRead(IDataRecordReader reader, DataReport report, out DataRecord record)
    {
        try
        {
            return reader.TryRead(out record);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"It cannot be read on after row {reader.RowNumber}");
            report.AddFirst(null, $"{place}: {e.Message.TrimEnd('.')}. Fetch or write the file anew.");
            throw new DataFileException(report, e);
        }
    }

    private DataRow? ToRow(DataRecord record, long rowNumber, DataReport report)
    {
        if (Columns.Label is not null && string.IsNullOrWhiteSpace(record.Label))
        {
            report.CountUnlabelled();
            return null;
        }

        var problemsBefore = report.ProblemCount;
        var device = Columns.Device is null ? OnlyDevice : record.Device ?? "";
        if (string.IsNullOrWhiteSpace(device))
        {
            report.Add(new DataProblem(record.Line, Columns.Device, null, "empty. Give every row a device, or take the row out."));
        }
        else if (device.Length > DeviceLengthMax)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{device.Length} characters; a device's id has at most {DeviceLengthMax}");
            report.Add(new DataProblem(record.Line, Columns.Device, device, $"{what}. Shorten it."));
        }

        var time = DateTimeOffset.UnixEpoch.AddSeconds(rowNumber);
        if (Columns.Time is not null && !DataTime.TryParse(record.Time, out time))
        {
            report.Add(new DataProblem(record.Line, Columns.Time, record.Time, $"not a time. {DataTime.Remedy}"));
        }

        var split = string.IsNullOrWhiteSpace(record.Split) ? null : record.Split;
        return report.ProblemCount == problemsBefore ? new DataRow(record.Line, device, time, record.Text ?? "", record.Label ?? "", split) : null;
    }
}
