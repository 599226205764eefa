using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Reads one value of a study, or says why it cannot.</summary>
internal static class StudyValue
{
    /// <summary>Reads a value that is not a section.</summary>
    /// <param name="json">The value in the file; not null.</param>
    /// <param name="field">The field it is for.</param>
    /// <param name="standard">The field's default, shown as an example.</param>
    /// <param name="mistake">What is wrong and the remedy, when the answer is false.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether it could be read.</returns>
    public static bool TryRead(
        JsonElement json, StudyField field, object? standard, out (string What, string Remedy) mistake, out object? value)
    {
        value = null;
        mistake = default;
        if (field.Type.IsEnum)
        {
            return TryReadChoice(json, field.Type, out mistake, out value);
        }

        value = json.ValueKind switch
        {
            JsonValueKind.String when field.Type == typeof(string) => json.GetString(),
            JsonValueKind.True or JsonValueKind.False when field.Type == typeof(bool) => json.GetBoolean(),
            JsonValueKind.Number when field.Type == typeof(int) => json.TryGetInt32(out var number) ? number : null,
            JsonValueKind.Number when field.Type == typeof(ulong) => json.TryGetUInt64(out var number) ? number : null,
            JsonValueKind.Number when field.Type == typeof(double) =>
                json.TryGetDouble(out var number) && double.IsFinite(number) ? number : null,
            _ => null,
        };
        mistake = ($"{Show(json)} is not {Describe(field.Type)}", Remedy(field, standard));
        return value is not null;
    }

    /// <summary>The value as it stands in the file, fit for a message.</summary>
    /// <param name="json">The value.</param>
    /// <returns>At most 41 characters.</returns>
    public static string Show(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        _ => Quoting.Shorten(json.GetRawText()),
    };

    private static bool TryReadChoice(JsonElement json, Type type, out (string What, string Remedy) mistake, out object? value)
    {
        var words = StudyJson.WordsOf(type);
        var typed = json.ValueKind == JsonValueKind.String ? json.GetString()! : null;
        if (typed is not null && words.TryGetValue(typed, out value))
        {
            mistake = default;
            return true;
        }

        var nearest = typed is null ? null : NearestName.Find(typed, words.Keys);
        var list = string.Join(", ", words.Keys.Select(word => $"\"{word}\""));
        mistake = ($"{Show(json)} is not one of {list}", nearest is null ? "Use one of them." : $"Did you mean \"{nearest}\"?");
        value = null;
        return false;
    }

    private static string Describe(Type type) =>
        type == typeof(string) ? "a text"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number of 32 bits"
        : type == typeof(ulong) ? "a whole number from 0 to 18446744073709551615"
        : "a finite number";

    private static string Remedy(StudyField field, object? standard)
    {
        var orNull = field.IsNullable ? ", or null" : "";
        if (field.Type == typeof(bool))
        {
            return $"Write true or false, without quotes{orNull}.";
        }

        if (field.Type == typeof(string))
        {
            return $"Write it in double quotes{orNull}.";
        }

        var example = standard is null ? "" : string.Create(CultureInfo.InvariantCulture, $", for example {standard}");
        return $"Write a number without quotes{example}{orNull}.";
    }
}
