using System.Collections.Immutable;
using System.Globalization;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;
using Sheaf.Learning.Text;

namespace Sheaf.Client.Running;

/// <summary>The words that a study's language model knows.</summary>
internal static class TaskVocabulary
{
    private const string FilePath = "task.vocabularyFile";

    // A line that is longer is no word; what is read of a file that is no list of words stays small.
    private const int WordLengthMax = 256;

    /// <summary>Who counts the words of a study's data file.</summary>
    /// <param name="study">The resolved study.</param>
    /// <returns>The counter; null when no words are needed, or a file lists them.</returns>
    public static WordSurvey? SurveyOf(Study study) => study.Task is { Type: TaskType.NextWord, VocabularyFile: null } task
        ? new WordSurvey(study.Population.HeldOut, task.Vocabulary)
        : null;

    /// <summary>The classes of a study's model.</summary>
    /// <param name="study">The resolved study.</param>
    /// <param name="labels">The labels of its population, sorted.</param>
    /// <param name="survey">What its data file holds; null for a generated population.</param>
    /// <returns>The labels, or for next words the vocabulary.</returns>
    /// <exception cref="StudyException">The file of the vocabulary cannot be used.</exception>
    public static ImmutableArray<string> ClassesOf(Study study, ImmutableArray<string> labels, DataSurvey? survey) => study.Task.Type == TaskType.NextWord
        ? Vocabulary.ClassesOf(study.Task.VocabularyFile is { } file ? Read(study, file) : survey!.Words)
        : labels;

    /// <summary>Looks at the file of the vocabulary, if there is one, so that what is wrong with it is said at once.</summary>
    /// <param name="study">The resolved study.</param>
    /// <exception cref="StudyException">It cannot be used.</exception>
    public static void EnsureReadable(Study study)
    {
        if (study.Task is { Type: TaskType.NextWord, VocabularyFile: { } file })
        {
            Read(study, file);
        }
    }

    private static ImmutableArray<string> Read(Study study, string path)
    {
        try
        {
            var words = File.ReadLines(path).Index().Select(line => WordOf(study, line.Item, line.Index + 1)).OfType<string>()
                .Distinct(StringComparer.Ordinal).Take(study.Task.Vocabulary).ToImmutableArray();
            return words.Length > 0 ? words : throw Refused(study, $"'{path}' holds no word", "Write one word a line, the most frequent first.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused(study, $"'{path}' cannot be read: {e.Message.TrimEnd('.')}", "Name a text file with one word a line.");
        }
    }

    private static string? WordOf(Study study, string line, int number)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        var word = line.Length > WordLengthMax ? null : Vocabulary.WordOf(line);
        var what = string.Create(CultureInfo.InvariantCulture, $"line {number} is not one word");
        return word ?? throw Refused(study, what, "Write one word a line: letters, digits and apostrophes.");
    }

    private static StudyException Refused(Study study, string what, string remedy) => new(study.Name, [new StudyMistake(FilePath, what, remedy)]);
}
