using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Training;

/// <summary>Compares specifications by what they say; a record compares its arrays by identity.</summary>
internal static class TaskSpecs
{
    /// <summary>Whether two specifications say the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when every field and every class are equal.</returns>
    public static bool AreEqual(TaskSpec left, TaskSpec right) =>
        ReferenceEquals(left, right)
        || (left.Classes.SequenceEqual(right.Classes, StringComparer.Ordinal) && left with { Classes = right.Classes } == right);
}
