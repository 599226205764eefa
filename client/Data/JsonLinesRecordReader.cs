using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sheaf.Client.Data;

/// <summary>Reads JSON lines: one object a line. Texts, numbers and truth values are fields; null is the same as nothing.</summary>
internal sealed class JsonLinesRecordReader : IDataRecordReader
{
    private const int LineLengthMax = 1 << 20;
    private const int ListedNamesMax = 100;

    private readonly BoundedLineReader _lines;
    private readonly DataReport _report;
    private readonly DataColumns _named;
    private readonly JsonColumn?[] _columns;

    // The names of all properties, in the order of their first appearance, for the message about a missing column.
    private readonly List<string> _names = [];

    /// <summary>Makes a reader.</summary>
    /// <param name="stream">The plain bytes; the reader disposes it.</param>
    /// <param name="columns">Which properties to read.</param>
    /// <param name="report">Where malformed rows are reported.</param>
    public JsonLinesRecordReader(Stream stream, DataColumns columns, DataReport report)
    {
        _lines = new BoundedLineReader(new StreamReader(stream, Encoding.UTF8), LineLengthMax);
        (_report, _named) = (report, columns);
        _columns =
        [
            JsonColumn.Named(columns.Device, isRequired: true),
            JsonColumn.Named(columns.Time, isRequired: true),
            JsonColumn.Named(columns.Text, isRequired: true),
            JsonColumn.Named(columns.Label, isRequired: false),
            JsonColumn.Named(columns.Split, isRequired: false),
        ];
    }

    /// <inheritdoc/>
    public long RowNumber { get; private set; }

    /// <inheritdoc/>
    public bool TryRead(out DataRecord record)
    {
        while (_lines.TryRead(out var line, out var isTooLong))
        {
            if (line.AsSpan().Trim().IsEmpty && !isTooLong)
            {
                continue;
            }

            RowNumber++;
            if (isTooLong)
            {
                var what = string.Create(CultureInfo.InvariantCulture, $"the line is longer than {LineLengthMax} characters");
                Report(null, line, $"{what}. Shorten the text.");
            }
            else if (TryParse(line, out record))
            {
                return true;
            }
        }

        EnsureColumns();
        record = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private void Report(string? column, string? value, string what) => _report.Add(new DataProblem(_lines.LineNumber, column, value, what));

    private bool TryParse(string line, out DataRecord record)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return TryReadFields(document.RootElement, out record);
            }

            Report(null, line, "not a JSON object. Write one {…} a line.");
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"not JSON from byte {(e.BytePositionInLine ?? 0) + 1} on");
            Report(null, line, $"{place}. Write one {{…}} a line.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser lets half of a surrogate pair through, as an escape or, cut out of a line, as it is; reading it throws.
            Report(null, line, "half of a surrogate pair (\\ud800 to \\udfff). Write both halves, or the character itself.");
        }

        record = default;
        return false;
    }

    private bool TryReadFields(JsonElement row, out DataRecord record)
    {
        var fields = new string?[_columns.Length];
        foreach (var property in row.EnumerateObject())
        {
            var name = property.Name;
            if (_names.Count < ListedNamesMax && !_names.Contains(name))
            {
                _names.Add(name);
            }

            for (var role = 0; role < fields.Length; role++)
            {
                if (_columns[role]?.Name == name)
                {
                    _columns[role]!.SeeAt(_lines.LineNumber, _report);
                    fields[role] = FieldOf(property.Value);
                    if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        Report(name, fields[role], "an object or a list. Write a text or a number.");
                        record = default;
                        return false;
                    }
                }
            }
        }

        record = new DataRecord(_lines.LineNumber, fields[0], fields[1], fields[2], fields[3] ?? "", fields[4]);
        return HasRequired(fields);
    }

    private static string? FieldOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };

    private bool HasRequired(string?[] fields)
    {
        var hasAll = true;
        for (var role = 0; role < fields.Length; role++)
        {
            if (fields[role] is null && _columns[role] is { IsRequired: true } column)
            {
                column.MissAt(_lines.LineNumber, _report);
                hasAll = false;
            }
        }

        return hasAll;
    }

    private void EnsureColumns()
    {
        var unseen = _columns.OfType<JsonColumn>().Where(column => !column.IsSeen).Select(column => column.Name).Distinct().ToList();
        if (_names.Count == 0 || unseen.Count == 0)
        {
            return;
        }

        unseen.ForEach(name => _report.AddFirst(name, MissingColumn.Describe(name, _names, _named)));
        throw new DataFileException(_report);
    }
}
