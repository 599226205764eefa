using Sheaf.Client.Data;

namespace Sheaf.Client.Running;

/// <summary>What a run found in its data file. The folder keeps it as <c>data.json</c>, because a run that goes on does not need the file any more.</summary>
/// <param name="Rows">Rows with a label.</param>
/// <param name="Unlabelled">Rows that were left out because they have none.</param>
/// <param name="UntrainedLabels">Labels of rows that are all held out, in ordinal order: no device learns them.</param>
internal sealed record RunData(long Rows, long Unlabelled, IReadOnlyList<string> UntrainedLabels)
{
    /// <summary>What a survey found.</summary>
    /// <param name="survey">The survey.</param>
    /// <returns>What is kept of it.</returns>
    public static RunData Of(DataSurvey survey) => new(survey.Rows, survey.Unlabelled, survey.UntrainedLabels);
}
