using System.Globalization;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Collects the mistakes in a study's values.</summary>
internal sealed class StudyChecks
{
    private const int NameLengthMax = 64;

    private readonly List<StudyMistake> _mistakes = [];

    private readonly Dictionary<string, StudyRange> _ranges = new(StringComparer.Ordinal);

    /// <summary>The ranges that numbers were checked against, by field.</summary>
    public IReadOnlyDictionary<string, StudyRange> Ranges => _ranges;

    /// <summary>The mistakes so far.</summary>
    public IReadOnlyList<StudyMistake> Mistakes => _mistakes;

    /// <summary>Notes a mistake.</summary>
    /// <param name="path">The field.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="remedy">What to do about it: a sentence.</param>
    public void Add(string path, string what, string remedy) => _mistakes.Add(new StudyMistake(path, what, remedy));

    /// <summary>Checks that a number is in [low, high].</summary>
    /// <param name="path">The field.</param>
    /// <param name="value">Its value.</param>
    /// <param name="low">The least that is right.</param>
    /// <param name="high">The most that is right.</param>
    /// <param name="remedy">What to do when it is not: a sentence.</param>
    public void Between(string path, double value, double low, double high, string remedy)
    {
        _ranges.TryAdd(path, new StudyRange(low, high));
        if (value < low || double.IsNaN(value))
        {
            Add(path, $"{Show(value)} is below {Show(low)}", remedy);
        }
        else if (value > high)
        {
            Add(path, $"{Show(value)} is above {Show(high)}", remedy);
        }
    }

    /// <summary>Checks that a number is in (0, high].</summary>
    /// <inheritdoc cref="Between"/>
    public void Positive(string path, double value, double high, string remedy)
    {
        // The first range that is noted for a field counts.
        _ranges.TryAdd(path, new StudyRange(0, high) { IsLowOut = true });
        if (value > 0)
        {
            Between(path, value, 0, high, remedy);
        }
        else
        {
            Add(path, $"{Show(value)} is not above 0", remedy);
        }
    }

    /// <summary>Checks that a number is in [0, 1).</summary>
    /// <inheritdoc cref="Between"/>
    public void BelowOne(string path, double value, string remedy) => Below(path, value, 1, remedy);

    /// <summary>Checks that a number is in [0, high).</summary>
    /// <inheritdoc cref="Between"/>
    public void Below(string path, double value, double high, string remedy)
    {
        _ranges.TryAdd(path, new StudyRange(0, high) { IsHighOut = true });
        if (value >= high)
        {
            Add(path, $"{Show(value)} is not below {Show(high)}", remedy);
        }
        else
        {
            Between(path, value, 0, high, remedy);
        }
    }

    /// <summary>Checks that a choice is one of its enumeration's.</summary>
    /// <typeparam name="T">The enumeration.</typeparam>
    /// <param name="path">The field.</param>
    /// <param name="value">Its value.</param>
    public void Defined<T>(string path, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Add(path, $"{value} is no choice", $"Use {string.Join(" or ", StudyJson.WordsOf(typeof(T)).Keys)}.");
        }
    }

    /// <summary>Checks that a name can name a folder on every file system.</summary>
    /// <param name="path">The field.</param>
    /// <param name="name">The name.</param>
    public void Name(string path, string name)
    {
        var isPlain = name.Length is > 0 and <= NameLengthMax && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        if (!isPlain)
        {
            const string remedy = "Use 1 to 64 letters (a to z), digits, '-', '_' and '.', the first a letter or a digit.";
            Add(path, $"'{Quoting.Shorten(name)}' cannot name a folder everywhere", remedy);
        }
    }

    /// <summary>A number as people write it.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The shortest text that reads back the same, integers below 10¹⁵ without exponent.</returns>
    public static string Show(double value) => value.ToString(CultureInfo.InvariantCulture);
}
