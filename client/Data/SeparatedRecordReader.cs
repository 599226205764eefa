using System.Globalization;
using System.Text;
using CsvHelper;

namespace Sheaf.Client.Data;

/// <summary>Reads TSV (quotes are plain characters) and CSV (RFC 4180). Both begin with a header.</summary>
internal sealed class SeparatedRecordReader : IDataRecordReader
{
    /// <summary>The longest row, in bytes, that is read: an unclosed quote must not load the rest of the file.</summary>
    private const int RecordBytesMax = 1 << 20;

    private readonly CsvReader _csv;
    private readonly DataColumns _columns;
    private readonly DataReport _report;
    private readonly bool _isCsv;
    private int[]? _indices;
    private int _fieldCount;
    private CsvMalformedRecord? _malformed;

    /// <summary>Makes a reader.</summary>
    /// <param name="stream">The plain bytes; the reader disposes it.</param>
    /// <param name="format"><see cref="DataFormat.Tsv"/> or <see cref="DataFormat.Csv"/>.</param>
    /// <param name="columns">Which columns to read.</param>
    /// <param name="report">Where malformed rows are reported.</param>
    public SeparatedRecordReader(Stream stream, DataFormat format, DataColumns columns, DataReport report)
    {
        (_columns, _report, _isCsv) = (columns, report, format == DataFormat.Csv);
        _csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = _isCsv ? ',' : '\t',
            Mode = _isCsv ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            MaxRecordSize = RecordBytesMax,
            TrackLineNumbers = true,
            OnMalformedRecord = record => _malformed = record,
        });
    }

    /// <inheritdoc/>
    public long RowNumber { get; private set; }

    /// <inheritdoc/>
    public bool TryRead(out DataRecord record)
    {
        try
        {
            return TryReadRecord(out record);
        }
        catch (CsvFormatException e)
        {
            // The only malformed record that stops the reading is one that is too long: the others are handed to OnMalformedRecord.
            var remedy = _isCsv ? "Look for a quote that is never closed." : "Check that the lines end in line breaks.";
            var what = string.Create(CultureInfo.InvariantCulture, $"the row is longer than {RecordBytesMax} bytes; the rest was not read");
            _report.Add(new DataProblem(e.LineNumber, null, null, $"{what}. {remedy}"));
            throw new DataFileException(_report, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    private bool TryReadRecord(out DataRecord record)
    {
        _indices ??= ReadHeader();
        while (_csv.Read())
        {
            RowNumber++;
            if (IsWellFormed())
            {
                record = new DataRecord(
                    _csv.LineNumber, Field(_indices[0]), Field(_indices[1]), Field(_indices[2]), Field(_indices[3]), Field(_indices[4]));
                return true;
            }
        }

        record = default;
        return false;
    }

    private string? Field(int index) => index < 0 ? null : _csv.GetString(index);

    private bool IsWellFormed()
    {
        if (_malformed is { } malformed)
        {
            _malformed = null;
            _report.Add(new DataProblem(malformed.LineNumber, null, malformed.RawRecord, Describe(malformed.Reason)));
            return false;
        }

        if (_csv.FieldCount == _fieldCount)
        {
            return true;
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"fields: {_csv.FieldCount}, columns in the header: {_fieldCount}. ");
        var remedy = _isCsv ? "Quote fields that hold a comma." : "Take tabs and line breaks out of the fields.";
        _report.Add(new DataProblem(_csv.LineNumber, FirstMissing(), Encoding.UTF8.GetString(_csv.RawRecord), what + remedy));
        return false;
    }

    private string? FirstMissing() =>
        Roles(_columns).Where((_, role) => _indices![role] >= _csv.FieldCount).FirstOrDefault();

    private static string Describe(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "a quote is opened and never closed. Close it, or double it inside a quoted field.",
        CsvMalformedReason.TextAfterClosingQuote => "text follows a closing quote. Double the quotes inside a quoted field.",
        _ => "a quote stands inside a field that is not quoted. Quote the field and double the quotes inside it.",
    };

    private int[] ReadHeader()
    {
        var header = _csv.Headers.ToArray();
        _fieldCount = header.Length;
        if (_malformed is { } malformed)
        {
            _report.Add(new DataProblem(malformed.LineNumber, null, malformed.RawRecord, Describe(malformed.Reason)));
        }

        if (header.Length == 0)
        {
            _report.AddFirst(null, "It is empty. Its first line has to name the columns.");
            throw new DataFileException(_report);
        }

        foreach (var column in _columns.Named())
        {
            var places = header.Count(name => name == column);
            if (places == 0)
            {
                _report.AddFirst(column, MissingColumn.Describe(column, header, _columns));
            }
            else if (places > 1)
            {
                _report.AddFirst(column, $"in the header {places} times. Give each column a name of its own.");
            }
        }

        _report.ThrowIfBad();
        return [.. Roles(_columns).Select(column => column is null ? -1 : Array.IndexOf(header, column))];
    }

    private static string?[] Roles(DataColumns columns) => [columns.Device, columns.Time, columns.Text, columns.Label, columns.Split];
}
