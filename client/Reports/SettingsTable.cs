using System.Text.Json.Nodes;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Reports;

/// <summary>What arms do differently: the fields of their studies that are not the same in all.</summary>
internal static class SettingsTable
{
    // The table has the arms' names already.
    private static readonly string ArmField = StudyJson.FieldName(nameof(Study.Arm));

    /// <summary>Finds the fields.</summary>
    /// <param name="arms">The arms.</param>
    /// <returns>Each field with its value in every arm, "–" where it has none.</returns>
    public static IReadOnlyList<(string Field, IReadOnlyList<string> Values)> Of(IReadOnlyList<Arm> arms)
    {
        var studies = arms.Select(arm => Flatten(JsonNode.Parse(StudyWriter.Write(arm.Study))!.AsObject(), "").ToDictionary()).ToList();
        return
        [
            .. studies.SelectMany(fields => fields.Keys).Distinct(StringComparer.Ordinal)
                .Select(field => (field, (IReadOnlyList<string>)[.. studies.Select(fields => fields.GetValueOrDefault(field, "–"))]))
                .Where(row => row.field != ArmField && row.Item2.Distinct(StringComparer.Ordinal).Count() > 1),
        ];
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(JsonObject section, string prefix) => section.SelectMany(field =>
        field.Value is JsonObject inner ? Flatten(inner, $"{prefix}{field.Key}.") : [new(prefix + field.Key, field.Value?.ToJsonString(StudyJson.WriteOptions).Trim('"') ?? "null")]);
}
