using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sheaf.Client.Tests.Studies;

/// <summary>Checks JSON against the part of JSON schema that the schema of studies uses; of any other keyword it knows nothing, and says so.</summary>
internal static class SchemaChecker
{
    /// <summary>What is wrong, as places and keywords; nothing when the value conforms.</summary>
    public static IEnumerable<string> Check(JsonElement schema, JsonElement value) => Check(schema, schema, value, "");

    private static IEnumerable<string> Check(JsonElement root, JsonElement schema, JsonElement value, string path) =>
        schema.EnumerateObject().SelectMany(keyword => Check(root, schema, keyword.Name, keyword.Value, value, path));

    private static IEnumerable<string> Check(JsonElement root, JsonElement schema, string keyword, JsonElement rule, JsonElement value, string path) => keyword switch
    {
        "$ref" => Check(root, rule.GetString()!.Split('/')[1..].Aggregate(root, (json, name) => json.GetProperty(name)), value, path),
        "propertyNames" when value.ValueKind == JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(field => Check(root, rule, JsonSerializer.SerializeToElement(field.Name), $"{path}/{field.Name}")),
        "items" when value.ValueKind == JsonValueKind.Array => value.EnumerateArray().SelectMany((item, at) => Check(root, rule, item, $"{path}/{at}")),
        "propertyNames" or "items" => [],
        "$schema" or "title" or "description" or "default" => [],
        "properties" when value.ValueKind == JsonValueKind.Object => value.EnumerateObject()
            .Where(field => rule.TryGetProperty(field.Name, out _))
            .SelectMany(field => Check(root, rule.GetProperty(field.Name), field.Value, $"{path}/{field.Name}")),
        "additionalProperties" when rule.ValueKind == JsonValueKind.Object && value.ValueKind == JsonValueKind.Object => value.EnumerateObject()
            .SelectMany(field => Check(root, rule, field.Value, $"{path}/{field.Name}")),
        "additionalProperties" when value.ValueKind == JsonValueKind.Object => value.EnumerateObject()
            .Where(field => !schema.GetProperty("properties").TryGetProperty(field.Name, out _))
            .Select(field => $"{path}/{field.Name}: {keyword}"),
        "properties" or "additionalProperties" => [],
        _ when IsRight(keyword, rule, value) => [],
        _ => [$"{path}: {keyword}"],
    };

    private static bool IsRight(string keyword, JsonElement rule, JsonElement value) => keyword switch
    {
        "type" => rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Any(type => IsOfType(type.GetString(), value)) : IsOfType(rule.GetString(), value),
        "enum" => rule.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)),
        "uniqueItems" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().DistinctBy(item => item.GetRawText()).Count() == value.GetArrayLength(),
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.ECMAScript),
        "minimum" => IsOrdered(rule, value, (limit, number) => number >= limit),
        "exclusiveMinimum" => IsOrdered(rule, value, (limit, number) => number > limit),
        "maximum" => IsOrdered(rule, value, (limit, number) => number <= limit),
        "exclusiveMaximum" => IsOrdered(rule, value, (limit, number) => number < limit),
        _ => throw new NotSupportedException($"The keyword '{keyword}' is not known here."),
    };

    private static bool IsOfType(string? type, JsonElement value) => type switch
    {
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && decimal.IsInteger(number),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new NotSupportedException($"The type '{type}' is not known here."),
    };

    private static bool IsOrdered(JsonElement rule, JsonElement value, Func<double, double, bool> isRight) =>
        value.ValueKind != JsonValueKind.Number || isRight(rule.GetDouble(), value.GetDouble());
}
