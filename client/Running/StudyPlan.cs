using System.Globalization;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>All runs of a study: every arm with every seed. Seeds come first, so that a study that is stopped has compared what it has.</summary>
/// <param name="Runs">The runs, in the order in which they are done.</param>
/// <param name="IsSingle">Whether there is one run without an arm, whose folder is the study's.</param>
internal sealed record StudyPlan(IReadOnlyList<PlannedRun> Runs, bool IsSingle)
{
    /// <summary>Plans a study.</summary>
    /// <param name="study">The study, resolved and valid.</param>
    /// <returns>Its runs.</returns>
    public static StudyPlan Of(Study study)
    {
        var seeds = study.Seeds.Count > 0 ? study.Seeds : [study.Seed];
        var arms = study.Arms.Count > 0 ? study.Arms : [new StudyArm(study.Arm, [])];
        var (hasArms, isSingle) = (study.Arms.Count > 0, study.Arms.Count == 0 && seeds.Count == 1);
        var runs = seeds.SelectMany(seed => arms.Select(arm => new PlannedRun(
            hasArms ? arm.Name : "",
            StudyReader.Apply(study, arm) with { Seed = seed },
            isSingle ? "" : FolderOf(hasArms ? arm.Name : "", seed))));
        return new StudyPlan([.. runs], isSingle);
    }

    /// <summary>Checks that every arm can be run.</summary>
    /// <param name="surveyOf">What the file of a study holds; null while nobody has looked.</param>
    /// <param name="needsFile">Whether a study whose source is a file must name it.</param>
    /// <returns>The mistakes; what is wrong in all arms is named once.</returns>
    public IReadOnlyList<StudyMistake> Validate(Func<Study, DataSurvey?> surveyOf, bool needsFile = true)
    {
        var arms = Runs.DistinctBy(run => run.Arm).Select(run => (run.Arm, Mistakes: MistakesIn(run.Study, surveyOf, needsFile))).ToList();
        var shared = arms.Select(arm => arm.Mistakes.AsEnumerable()).Aggregate((left, right) => left.Intersect(right)).ToList();
        return [.. shared, .. arms.SelectMany(arm => arm.Mistakes.Except(shared).Select(mistake => mistake.In(arm.Arm)))];
    }

    private static IReadOnlyList<StudyMistake> MistakesIn(Study study, Func<Study, DataSurvey?> surveyOf, bool needsFile)
    {
        var survey = surveyOf(study);
        var mistakes = needsFile || study.Population.File is not { Path: null }
            ? StudyValidator.ValidateToRun(study, survey?.Labels.Length, survey?.Devices)
            : StudyValidator.Validate(study);
        return mistakes.Count > 0 ? mistakes : OwnClassCheck.Check(study, survey?.Labels.Length);
    }

    private static string FolderOf(string arm, ulong seed) => Path.Combine(arm, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
}
