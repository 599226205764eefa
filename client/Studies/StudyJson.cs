using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sheaf.Client.Studies;

/// <summary>How a study looks as JSON: names in camel case, choices as words in kebab case.</summary>
internal static class StudyJson
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyDictionary<string, object>> Choices = [];

    /// <summary>How studies are written.</summary>
    public static JsonSerializerOptions WriteOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new StudyArm.Converter() },
        WriteIndented = true,
        // A study is never put into a web page as it is, and people read it.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How studies are parsed.</summary>
    public static JsonDocumentOptions ReadOptions { get; } = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The name of a property in the file.</summary>
    /// <param name="property">The property's name.</param>
    /// <returns>The name in camel case.</returns>
    public static string FieldName(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>The words of a choice, as the serializer writes them, and what they mean.</summary>
    /// <param name="choice">The enumeration.</param>
    /// <returns>The values by word, in the order of their declaration.</returns>
    public static IReadOnlyDictionary<string, object> WordsOf(Type choice) => Choices.GetOrAdd(choice, type =>
    {
        var values = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var value in Enum.GetValues(type))
        {
            values.Add(JsonSerializer.Serialize(value, type, WriteOptions).Trim('"'), value);
        }

        return values;
    });
}
