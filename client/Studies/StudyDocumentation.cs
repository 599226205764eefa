using System.Xml.Linq;

namespace Sheaf.Client.Studies;

/// <summary>The documentation of the fields of studies, from the XML file that the compiler writes beside the assembly.</summary>
internal sealed class StudyDocumentation
{
    private readonly Dictionary<string, XElement> _summaries;

    private StudyDocumentation(Dictionary<string, XElement> summaries) => _summaries = summaries;

    /// <summary>Reads the file.</summary>
    /// <returns>The documentation; of nothing, when the file was not shipped.</returns>
    public static StudyDocumentation Read()
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{typeof(Study).Assembly.GetName().Name}.xml");
        return new StudyDocumentation(File.Exists(path)
            ? XDocument.Load(path).Descendants("member").Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal)
            : []);
    }

    /// <summary>What a type or a property is, in words for people who write studies.</summary>
    /// <param name="id">What it is filed under, as <c>P:Namespace.Type.Property</c>.</param>
    /// <returns>Its summary on one line, or null when there is none.</returns>
    public string? Find(string id) => _summaries.TryGetValue(id, out var summary)
        ? string.Join(' ', string.Concat(summary.Nodes().Select(node => TextOf(node, id))).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : null;

    private static string TextOf(XNode node, string id) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref") is { } reference => NameOf(reference.Value, id),
        XElement element => element.Value,
        _ => "",
    };

    // In a file, a field of another section is found behind that section's name.
    private static string NameOf(string reference, string id)
    {
        var (parts, here) = (reference.Split('.'), id.Split('.'));
        var (section, field) = (parts[^2], StudyJson.FieldName(parts[^1]));
        return section == here[^2] ? field : $"{StudyJson.FieldName(section.Replace("Section", "", StringComparison.Ordinal))}.{field}";
    }
}
