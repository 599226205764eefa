using System.Globalization;
using Sheaf.Client.Naming;

namespace Sheaf.Client.Studies;

/// <summary>Checks the fields of a study that must go together, each of which is right by itself.</summary>
internal static class StudyCombinations
{
    // 2²⁸ values are 1 GiB; a silo holds several such vectors.
    private const long ModelValuesMax = 1L << 28;

    /// <summary>Checks the combinations.</summary>
    /// <param name="study">The study.</param>
    /// <returns>Its mistakes; empty when there are none.</returns>
    public static IReadOnlyList<StudyMistake> Validate(Study study)
    {
        var checks = new StudyChecks();
        CheckSource(checks, study.Population);
        CheckModelSize(checks, study.Model);
        CheckCohort(checks, study);
        var bounds = study.Training.Bounds;
        if (bounds.RejectNorm < bounds.ClipNorm)
        {
            checks.Add(
                "training.bounds.rejectNorm",
                $"{StudyChecks.Show(bounds.RejectNorm)} is below training.bounds.clipNorm, {StudyChecks.Show(bounds.ClipNorm)}",
                "Use at least the clip norm: an update is refused when clipping is not enough.");
        }

        return checks.Mistakes;
    }

    private static void CheckSource(StudyChecks checks, PopulationSection population)
    {
        if (population is { Source: PopulationSource.Generated, File: not null })
        {
            checks.Add("population.file", "population.source is \"generated\", so the file is not read", "Set the source to \"file\", or take the section out.");
        }

        if (population is { Source: PopulationSource.File, Generated: not null })
        {
            checks.Add("population.generated", "population.source is \"file\", so nothing is generated", "Set the source to \"generated\", or take the section out.");
        }

        if (population is { Source: PopulationSource.File, File.Columns: var columns } && columns.Text == columns.Label)
        {
            checks.Add("population.file.columns.label", $"'{Quoting.Shorten(columns.Label)}' is the column of the text too", "Name the column of the classes.");
        }
    }

    private static void CheckModelSize(StudyChecks checks, ModelSection model)
    {
        if (model.Type == ModelType.EmbeddingBag && (long)model.Buckets * model.EmbeddingSize > ModelValuesMax)
        {
            var size = string.Create(CultureInfo.InvariantCulture, $"{model.Buckets} buckets of {model.EmbeddingSize} values are more than {ModelValuesMax} values");
            checks.Add("model.buckets", size, "Use fewer buckets, or a smaller model.embeddingSize.");
        }
    }

    private static void CheckCohort(StudyChecks checks, Study study)
    {
        if (study.Population.Source != PopulationSource.Generated || study.Population.Generated is not { Devices: var devices })
        {
            return;
        }

        var (cohort, inclusionMax) = (study.Training.Cohort, study.Training.Selection.InclusionMax);
        if (cohort > devices)
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"{cohort} is more than the {devices} devices of the population");
            checks.Add("training.cohort", what, "Use a smaller cohort, or more population.generated.devices.");
        }
        else if (cohort > inclusionMax * devices)
        {
            var least = StudyChecks.Show((double)cohort / devices);
            var what = string.Create(CultureInfo.InvariantCulture, $"{StudyChecks.Show(inclusionMax)} is too low to select {cohort} of {devices} devices");
            checks.Add("training.selection.inclusionMax", what, $"Use more than {least}, or a smaller training.cohort.");
        }
    }
}
