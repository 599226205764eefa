using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>One mistake in a study.</summary>
/// <param name="Path">The field, as <c>training.cohort</c>, or a place in the file; empty for the whole file.</param>
/// <param name="What">What is wrong, without a full stop.</param>
/// <param name="Remedy">What to do about it: a sentence.</param>
internal sealed record StudyMistake(string Path, string What, string Remedy)
{
    /// <summary>The same mistake, where an arm makes it.</summary>
    /// <param name="arm">The arm; empty for none.</param>
    /// <returns>A mistake whose path is <c>arms.NAME.</c> and its own.</returns>
    public StudyMistake In(string arm) => arm.Length == 0 ? this : this with { Path = Path.Length == 0 ? $"arms.{Quoting.Shorten(arm)}" : $"arms.{Quoting.Shorten(arm)}.{Path}" };

    /// <summary>The mistake in one line.</summary>
    /// <returns>For example <c>training.cohort: 0 is below 1. Use at least 1 device per round.</c></returns>
    public override string ToString() => Path.Length == 0 ? $"{What}. {Remedy}" : $"{Path}: {What}. {Remedy}";
}
