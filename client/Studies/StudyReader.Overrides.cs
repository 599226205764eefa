using System.Text.Json;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <content>Values that replace those of the file: they are read, and their mistakes told, as if they stood there.</content>
internal sealed partial class StudyReader
{
    private void Replace(Study study, StudyOverride change, bool isMerged)
    {
        object section = study;
        var (path, names) = ("", change.Path.Split('.'));
        foreach (var name in names[..^1])
        {
            if (FieldOf(section, name, path) is not { } outer)
            {
                return;
            }

            path = Below(path, name);
            if (!outer.IsSection)
            {
                _mistakes.Add(new StudyMistake(change.Path, $"'{path}' is a value, with no fields in it", $"Set '{path}' itself."));
                return;
            }

            var inner = outer.Get(section) ?? Activator.CreateInstance(outer.Type)!;
            outer.Set(section, inner);
            section = inner;
        }

        if (FieldOf(section, names[^1], path) is { } field)
        {
            if (isMerged && field.IsSection && change.Value == NoFields && field.Get(section) is not null)
            {
                return;
            }

            using var value = ParseValue(change.Value);
            ReadField(value.RootElement, section, field, change.Path);
        }
    }

    private StudyField? FieldOf(object section, string name, string path)
    {
        var fields = StudyField.Of(section.GetType());
        var field = fields.FirstOrDefault(field => field.Name == name);
        if (field is null)
        {
            _mistakes.Add(new StudyMistake(Below(path, Quoting.Shorten(name)), "there is no such field", Suggest(name, path, fields)));
        }

        return field;
    }

    // Shells take quotes away: what is no JSON is the text itself.
    private static JsonDocument ParseValue(string value)
    {
        try
        {
            return JsonDocument.Parse(value, StudyJson.ReadOptions);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(JsonSerializer.Serialize(value));
        }
    }
}
