using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Serialization.Invocation;

namespace Sheaf.Silo.Security;

/// <summary>What a call was given, as the audit log says it.</summary>
internal static class AuditDetail
{
    private const int CharactersMax = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes a call's arguments.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The arguments as JSON with commas between them, cut off with … where they are too long.</returns>
    public static string Of(IInvokable call)
    {
        var arguments = Enumerable.Range(0, call.GetArgumentCount()).Select(at => JsonSerializer.Serialize(call.GetArgument(at), Json));
        var text = string.Join(", ", arguments);
        return text.Length <= CharactersMax ? text : text[..(CharactersMax - 1)] + "…";
    }
}
