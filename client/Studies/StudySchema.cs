using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sheaf.Client.Studies;

/// <summary>Writes the JSON schema (draft 2020-12) of studies. It holds what can be said of one field by itself; what fields must go
/// together, <see cref="StudyValidator"/> knows.</summary>
internal sealed class StudySchema
{
    // What StudyValidator allows in the name of a folder.
    private const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

    private static readonly JsonSerializerOptions Options = new(StudyJson.WriteOptions) { NewLine = "\n" };

    private readonly StudyDocumentation _documentation = StudyDocumentation.Read();

    private StudySchema()
    {
    }

    /// <summary>Writes the schema.</summary>
    /// <returns>Indented JSON that ends in a line feed. Without the file of <see cref="StudyDocumentation"/> it has no descriptions.</returns>
    public static string Write()
    {
        var schema = new StudySchema();
        var root = new JsonObject { [StudyReader.SchemaField] = "https://json-schema.org/draft/2020-12/schema", ["title"] = "Sheaf study" };
        schema.Describe(root, $"T:{typeof(Study).FullName}");
        root["type"] = "object";
        schema.AddFields(root, new Study(), "");
        var fields = root["properties"]!.AsObject();
        fields.Insert(0, StudyReader.SchemaField, new JsonObject { ["description"] = "Where this schema is, for editors.", ["type"] = "string" });
        fields["name"]!["pattern"] = NamePattern;
        fields["arms"]!["propertyNames"] = new JsonObject { ["pattern"] = NamePattern };
        fields["arms"]!["additionalProperties"] = Arm();
        return root.ToJsonString(Options) + "\n";
    }

    private void Describe(JsonObject json, string documentationId)
    {
        if (_documentation.Find(documentationId) is { } description)
        {
            json["description"] = description;
        }
    }

    private void AddFields(JsonObject json, object section, string prefix)
    {
        var fields = new JsonObject();
        foreach (var field in StudyField.Of(section.GetType()))
        {
            fields[field.Name] = Field(field, field.Get(section), prefix + field.Name);
        }

        json["properties"] = fields;
        json["additionalProperties"] = false;
    }

    // What an arm changes is written as sections or as paths; either is what it is in the study.
    private static JsonObject Arm()
    {
        var fields = new JsonObject();
        foreach (var path in StudyField.PathsBelow(typeof(Study)).Where(path => !StudyArm.FixedFields.Contains(path)))
        {
            fields[path] = new JsonObject { ["$ref"] = $"#/properties/{path.Replace(".", "/properties/", StringComparison.Ordinal)}" };
        }

        return new JsonObject { ["type"] = "object", ["properties"] = fields, ["additionalProperties"] = false };
    }

    private JsonObject Field(StudyField field, object? standard, string path)
    {
        var json = new JsonObject();
        Describe(json, field.DocumentationId);
        json["type"] = field.IsNullable ? new JsonArray(TypeOf(field), "null") : TypeOf(field);
        if (field.IsSection)
        {
            if (field.IsNullable)
            {
                json["default"] = null;
            }

            AddFields(json, standard ?? Activator.CreateInstance(field.Type)!, path + ".");
            return json;
        }

        if (field.Type.IsEnum)
        {
            json["enum"] = new JsonArray([.. StudyJson.WordsOf(field.Type).Keys.Select(word => JsonValue.Create(word))]);
        }

        if (field.IsSeeds)
        {
            json["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = ulong.MinValue, ["maximum"] = ulong.MaxValue };
            json["uniqueItems"] = true;
        }

        json["default"] = JsonSerializer.SerializeToNode(standard, Options);
        AddRange(json, field, path);
        return json;
    }

    private static string TypeOf(StudyField field) =>
        field.IsSection || field.IsArms ? "object"
        : field.IsSeeds ? "array"
        : field.Type.IsEnum || field.Type == typeof(string) ? "string"
        : field.Type == typeof(bool) ? "boolean"
        : field.Type == typeof(double) ? "number"
        : "integer";

    private static void AddRange(JsonObject json, StudyField field, string path)
    {
        if (field.Type == typeof(ulong))
        {
            (json["minimum"], json["maximum"]) = (ulong.MinValue, ulong.MaxValue);
        }
        else if (StudyValidator.Ranges.TryGetValue(path, out var range))
        {
            json[range.IsLowOut ? "exclusiveMinimum" : "minimum"] = range.Low;
            json[range.IsHighOut ? "exclusiveMaximum" : "maximum"] = range.High;
        }
    }
}
