using System.Collections.Concurrent;
using System.Reflection;

namespace Sheaf.Client.Studies;

/// <summary>One field of a section: a property under its name in the file.</summary>
internal sealed class StudyField
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<StudyField>> Fields = [];

    private readonly PropertyInfo _property;

    private StudyField(PropertyInfo property)
    {
        _property = property;
        Name = StudyJson.FieldName(property.Name);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        IsNullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        IsSection = Type is { IsClass: true } && Type != typeof(string) && !IsSeeds && !IsArms;
    }

    /// <summary>The name in the file.</summary>
    public string Name { get; }

    /// <summary>The type of its value; for <c>int?</c> it is <c>int</c>.</summary>
    public Type Type { get; }

    /// <summary>Whether null is a value.</summary>
    public bool IsNullable { get; }

    /// <summary>Whether its value is a section with fields of its own.</summary>
    public bool IsSection { get; }

    /// <summary>Whether its value is a list of seeds.</summary>
    public bool IsSeeds => Type == typeof(ValueList<ulong>);

    /// <summary>Whether its value is the arms of the study.</summary>
    public bool IsArms => Type == typeof(ValueList<StudyArm>);

    /// <summary>What its documentation is filed under.</summary>
    public string DocumentationId => $"P:{_property.DeclaringType!.FullName}.{_property.Name}";

    /// <summary>The fields of a section.</summary>
    /// <param name="section">The section's type.</param>
    /// <returns>Its fields in the order of their declaration.</returns>
    public static IReadOnlyList<StudyField> Of(Type section) => Fields.GetOrAdd(section, type =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => new StudyField(property)),
    ]);

    /// <summary>The paths of all fields below a section.</summary>
    /// <param name="section">The section's type.</param>
    /// <param name="prefix">What the paths begin with.</param>
    /// <returns>Paths such as <c>training.cohort</c>, the sections' own among them.</returns>
    public static IEnumerable<string> PathsBelow(Type section, string prefix = "") => Of(section).SelectMany(field =>
        field.IsSection ? PathsBelow(field.Type, $"{prefix}{field.Name}.").Prepend(prefix + field.Name) : [prefix + field.Name]);

    /// <summary>Copies a section with all sections in it, so that the copy can be changed.</summary>
    /// <param name="section">The section.</param>
    /// <returns>Its equal.</returns>
    public static object Copy(object section)
    {
        var copy = Activator.CreateInstance(section.GetType())!;
        foreach (var field in Of(section.GetType()))
        {
            field.Set(copy, field.IsSection && field.Get(section) is { } inner ? Copy(inner) : field.Get(section));
        }

        return copy;
    }

    /// <summary>Its value in a section.</summary>
    /// <param name="section">The section.</param>
    /// <returns>The value, or null.</returns>
    public object? Get(object section) => _property.GetValue(section);

    /// <summary>Sets its value in a section that is still being read.</summary>
    /// <param name="section">The section.</param>
    /// <param name="value">The value.</param>
    public void Set(object section, object? value) => _property.SetValue(section, value);
}
