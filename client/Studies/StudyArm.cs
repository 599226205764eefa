using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sheaf.Client.Studies;

/// <summary>One of the ways in which a study is run, to be compared with the others.</summary>
/// <param name="Name">Its name, which its folder has too.</param>
/// <param name="Changes">What replaces the study's values, each a value that is no section, in the order of the file.</param>
internal sealed record StudyArm(string Name, ValueList<StudyOverride> Changes)
{
    /// <summary>The fields that are the study's own: an arm that changed them would not be an arm of it.</summary>
    public static IReadOnlyList<string> FixedFields { get; } =
        [.. new[] { nameof(Study.Name), nameof(Study.Arm), nameof(Study.Seed), nameof(Study.Seeds), nameof(Study.Arms) }.Select(StudyJson.FieldName)];

    /// <summary>Writes arms as they stand in a file: an object with an object for each.</summary>
    internal sealed class Converter : JsonConverter<ValueList<StudyArm>>
    {
        /// <inheritdoc/>
        public override ValueList<StudyArm> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException($"Arms are read by {nameof(StudyReader)}.");

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, ValueList<StudyArm> value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var arm in value)
            {
                writer.WriteStartObject(arm.Name);
                foreach (var change in arm.Changes)
                {
                    writer.WritePropertyName(change.Path);
                    writer.WriteRawValue(change.Value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }
    }
}
