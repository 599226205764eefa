using System.Globalization;

namespace Sheaf.Client.Studies;

/// <summary>A study cannot be used. The message names every mistake in it.</summary>
internal sealed class StudyException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The study's name or file.</param>
    /// <param name="mistakes">Its mistakes, at least one.</param>
    public StudyException(string source, IReadOnlyList<StudyMistake> mistakes)
        : base(Describe(source, mistakes)) => Mistakes = mistakes;

    /// <summary>All mistakes, in the order of the file, then in the order of the fields.</summary>
    public IReadOnlyList<StudyMistake> Mistakes { get; }

    private static string Describe(string source, IReadOnlyList<StudyMistake> mistakes)
    {
        var count = mistakes.Count == 1 ? "1 mistake" : string.Create(CultureInfo.InvariantCulture, $"{mistakes.Count} mistakes");
        return $"The study '{source}' has {count}:\n  {string.Join("\n  ", mistakes)}";
    }
}
