using System.Globalization;
using System.Text;
using System.Text.Json;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Reads studies from JSON, and reports all their mistakes at once: unknown fields, wrong types, wrong values.</summary>
internal sealed partial class StudyReader
{
    /// <summary>The longest study that is read, in bytes; a longer file is not a study.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>The field by which editors find the schema of a file; it says nothing about the study.</summary>
    public const string SchemaField = "$schema";

    private readonly List<StudyMistake> _mistakes = [];

    private StudyReader()
    {
    }

    /// <summary>Reads a study.</summary>
    /// <param name="json">Its text; comments and trailing commas are allowed.</param>
    /// <param name="source">Its name or file, for messages.</param>
    /// <param name="overrides">What replaces values of the file, in this order; null for nothing.</param>
    /// <returns>The study, resolved and valid.</returns>
    /// <exception cref="StudyException">It has mistakes; all are named.</exception>
    public static Study Read(string json, string source, IReadOnlyList<StudyOverride>? overrides = null)
    {
        var reader = new StudyReader();
        var read = reader.Parse(json) ?? new Study();
        foreach (var change in overrides ?? [])
        {
            reader.Replace(read, change, isMerged: false);
        }

        var study = read.Resolve();
        var mistakes = reader._mistakes;
        mistakes.AddRange(StudyValidator.Validate(study, mistakes));
        mistakes.AddRange([.. MistakesOfArms(study, [.. mistakes])]);
        return mistakes.Count == 0 ? study : throw new StudyException(source, mistakes);
    }

    /// <summary>Reads a study from the bytes of its file.</summary>
    /// <param name="bytes">UTF-8, with a byte order mark or without.</param>
    /// <param name="source">Its name or file, for messages.</param>
    /// <param name="overrides">What replaces values of the file, in this order; null for nothing.</param>
    /// <returns>The study, resolved and valid.</returns>
    /// <exception cref="StudyException">It has mistakes; all are named.</exception>
    public static Study Read(ReadOnlySpan<byte> bytes, string source, IReadOnlyList<StudyOverride>? overrides = null)
    {
        if (bytes.Length > BytesMax)
        {
            var limit = string.Create(CultureInfo.InvariantCulture, $"it is longer than {BytesMax} bytes");
            throw new StudyException(source, [new StudyMistake("", limit, "Name a study; data files go into its population.file.path.")]);
        }

        try
        {
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return Read(strict.GetString(bytes).TrimStart('\uFEFF'), source, overrides);
        }
        catch (DecoderFallbackException)
        {
            throw new StudyException(source, [new StudyMistake("", "it is not UTF-8", "Save it as UTF-8, and check that it is a study.")]);
        }
    }

    private Study? Parse(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            _mistakes.Add(new StudyMistake("", "it is empty", "Write {} for the defaults."));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json, StudyJson.ReadOptions);
            var study = new Study();
            ReadSection(document.RootElement, study, "");
            return study;
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            var what = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            _mistakes.Add(new StudyMistake(place, $"not JSON: {what}", "Mend it there or just before."));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser lets half of a surrogate pair through, as an escape or as it is; reading it throws.
            const string what = "it holds half of a surrogate pair (\\ud800 to \\udfff)";
            _mistakes.Add(new StudyMistake("", what, "Write both halves, or the character itself."));
        }

        return null;
    }

    private void ReadSection(JsonElement json, object section, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            _mistakes.Add(new StudyMistake(path, $"{StudyValue.Show(json)} is not a section", "Write its fields in braces, as {…}."));
            return;
        }

        var fields = StudyField.Of(section.GetType());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            var (name, place) = (property.Name, Below(path, Quoting.Shorten(property.Name)));
            if (path.Length == 0 && name == SchemaField)
            {
                continue;
            }

            if (!seen.Add(name))
            {
                _mistakes.Add(new StudyMistake(place, "it is there twice", "Keep one of the two."));
            }
            else if (fields.FirstOrDefault(field => field.Name == name) is { } field)
            {
                ReadField(property.Value, section, field, place);
            }
            else
            {
                _mistakes.Add(new StudyMistake(place, "there is no such field", Suggest(name, path, fields)));
            }
        }
    }

    private void ReadField(JsonElement json, object section, StudyField field, string path)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            if (field.IsNullable)
            {
                field.Set(section, null);
            }
            else
            {
                _mistakes.Add(new StudyMistake(path, "it is null", "Give it a value, or leave it out for the default."));
            }
        }
        else if (field.IsSeeds)
        {
            ReadSeeds(json, (Study)section, path);
        }
        else if (field.IsArms)
        {
            ReadArms(json, (Study)section, path);
        }
        else if (field.IsSection)
        {
            var inner = Activator.CreateInstance(field.Type)!;
            ReadSection(json, inner, path);
            field.Set(section, inner);
        }
        else if (StudyValue.TryRead(json, field, field.Get(section), out var mistake, out var value))
        {
            field.Set(section, value);
        }
        else
        {
            _mistakes.Add(new StudyMistake(path, mistake.What, mistake.Remedy));
        }
    }

    private static string Suggest(string name, string path, IReadOnlyList<StudyField> fields)
    {
        var names = fields.Select(field => field.Name).ToList();
        var elsewhere = StudyField.PathsBelow(typeof(Study)).FirstOrDefault(other => other.Split('.')[^1] == name);
        if (NearestName.Find(name, names) is { } nearest)
        {
            return $"Did you mean '{Below(path, nearest)}'?";
        }

        return elsewhere is null ? $"The fields here are {Quoting.List(names)}." : $"Did you mean '{elsewhere}'?";
    }

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
