using System.Text.Json;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <content>Seeds and arms: lists of a study, and what an arm makes of it.</content>
internal sealed partial class StudyReader
{
    // A section of an arm without fields, which changes nothing.
    private const string NoFields = "{}";

    /// <summary>What a study is in one of its arms.</summary>
    /// <param name="study">The study, resolved.</param>
    /// <param name="arm">The arm; it has no mistake.</param>
    /// <returns>The resolved study of the arm, with no arms and no seeds of its own.</returns>
    public static Study Apply(Study study, StudyArm arm) => new StudyReader().Change(study, arm);

    private Study Change(Study study, StudyArm arm)
    {
        var changed = (Study)StudyField.Copy(study);
        foreach (var change in arm.Changes)
        {
            if (StudyArm.FixedFields.Contains(change.Path.Split('.')[0]))
            {
                _mistakes.Add(new StudyMistake(change.Path, "it is the same in all arms", "Set it for the whole study, outside the arms."));
            }
            else
            {
                Replace(changed, change, isMerged: true);
            }
        }

        return (changed with { Arm = arm.Name, Arms = [], Seeds = [] }).Resolve();
    }

    /// <summary>The mistakes of all arms, but for those that the study has without them.</summary>
    private static IEnumerable<StudyMistake> MistakesOfArms(Study study, IReadOnlyCollection<StudyMistake> before) => study.Arms.SelectMany(arm =>
    {
        var reader = new StudyReader();
        var changed = reader.Change(study, arm);
        var mistakes = reader._mistakes;
        // Its name has been checked where it stands.
        mistakes.AddRange(StudyValidator.Validate(changed with { Arm = "" }, [.. before, .. mistakes]));
        return mistakes.Except(before).Select(mistake => mistake.In(arm.Name));
    });

    private void ReadSeeds(JsonElement json, Study study, string path)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            _mistakes.Add(new StudyMistake(path, $"{StudyValue.Show(json)} is not a list", "Write the seeds in brackets, as [1, 2, 3]."));
            return;
        }

        var seeds = new List<ulong>();
        foreach (var item in json.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Number && item.TryGetUInt64(out var seed))
            {
                seeds.Add(seed);
            }
            else
            {
                _mistakes.Add(new StudyMistake(path, $"{StudyValue.Show(item)} is not a whole number from 0 to {ulong.MaxValue}", "Write seeds without quotes, as [1, 2, 3]."));
            }
        }

        StudyField.Of(typeof(Study)).First(field => field.Name == path).Set(study, (ValueList<ulong>)[.. seeds]);
    }

    private void ReadArms(JsonElement json, Study study, string path)
    {
        var arms = new List<StudyArm>();
        foreach (var (name, value, place) in FieldsOf(json, path))
        {
            var changes = new List<StudyOverride>();
            Flatten(value, "", place, changes);
            arms.Add(new StudyArm(name, [.. changes]));
        }

        StudyField.Of(typeof(Study)).First(field => field.Name == path).Set(study, (ValueList<StudyArm>)[.. arms]);
    }

    /// <summary>Takes sections apart, so that <c>"training": { "rounds": 5 }</c> is what <c>"training.rounds": 5</c> is.</summary>
    private void Flatten(JsonElement json, string prefix, string place, List<StudyOverride> changes)
    {
        foreach (var (name, value, inner) in FieldsOf(json, place))
        {
            var path = Below(prefix, name);
            if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any())
            {
                Flatten(value, path, inner, changes);
            }
            else if (changes.Any(change => change.Path == path))
            {
                _mistakes.Add(new StudyMistake(inner, "it is there twice", "Keep one of the two."));
            }
            else
            {
                changes.Add(new StudyOverride(path, value.ValueKind == JsonValueKind.Object ? NoFields : JsonSerializer.Serialize(value, StudyJson.WriteOptions)));
            }
        }
    }

    private List<(string Name, JsonElement Value, string Place)> FieldsOf(JsonElement json, string path)
    {
        var fields = new List<(string Name, JsonElement Value, string Place)>();
        if (json.ValueKind != JsonValueKind.Object)
        {
            _mistakes.Add(new StudyMistake(path, $"{StudyValue.Show(json)} is not a section", "Write its fields in braces, as {…}."));
            return fields;
        }

        foreach (var property in json.EnumerateObject())
        {
            var place = Below(path, Quoting.Shorten(property.Name));
            if (fields.Any(field => field.Name == property.Name))
            {
                _mistakes.Add(new StudyMistake(place, "it is there twice", "Keep one of the two."));
            }
            else
            {
                fields.Add((property.Name, property.Value, place));
            }
        }

        return fields;
    }
}
