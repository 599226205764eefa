namespace Sheaf.Client.Studies;

/// <summary>Checks the two fields that name a user's class.</summary>
/// <param name="section">The section they are in: <c>model</c>.</param>
/// <param name="choice">The field whose choice "own" asks for them: <c>model.type</c>.</param>
internal sealed class OwnClassFields(string section, string choice)
{
    private string Assembly => $"{section}.assembly";

    private string Class => $"{section}.class";

    /// <summary>Checks each by itself.</summary>
    /// <param name="checks">Receives the mistakes.</param>
    /// <param name="assembly">The path.</param>
    /// <param name="name">The class.</param>
    public void Check(StudyChecks checks, string? assembly, string? name)
    {
        foreach (var (path, value, remedy) in new[] { (Assembly, assembly, "Name a dll."), (Class, name, "Name a class, its namespace included.") })
        {
            if (value is not null && (string.IsNullOrWhiteSpace(value) || value.Contains('\0', StringComparison.Ordinal)))
            {
                checks.Add(path, "it is empty, or holds a character with code 0", remedy);
            }
        }
    }

    /// <summary>Checks that they are there when they are needed, and only then.</summary>
    /// <param name="checks">Receives the mistakes.</param>
    /// <param name="isOwn">Whether the choice is "own".</param>
    /// <param name="assembly">The path.</param>
    /// <param name="name">The class.</param>
    public void CheckTogether(StudyChecks checks, bool isOwn, string? assembly, string? name)
    {
        foreach (var (path, value, what) in new[] { (Assembly, assembly, "the dll that holds the class"), (Class, name, "the class, its namespace included") })
        {
            if (isOwn && value is null)
            {
                checks.Add(path, $"{choice} is \"own\", and nothing is named", $"Name {what}.");
            }
            else if (!isOwn && value is not null)
            {
                checks.Add(path, $"{choice} is not \"own\", so nothing is loaded", $"Set {choice} to \"own\", or take the field out.");
            }
        }
    }
}
