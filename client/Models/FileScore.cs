using Sheaf.Abstractions.Models;
using Sheaf.Client.Data;
using Sheaf.Client.Naming;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Models;

/// <summary>How a model did on the rows of a file, all of them, whatever its columns say of devices, times and parts.</summary>
/// <param name="Score">The score.</param>
/// <param name="Unlabelled">Rows that were left out because they have no label.</param>
/// <param name="Unknown">Rows that were left out because the model does not know their label, by label.</param>
internal sealed record FileScore(ModelScore Score, long Unlabelled, IReadOnlyDictionary<string, long> Unknown)
{
    private const int BatchRows = 1000;

    /// <summary>Reads a file as a study's data and has its rows scored.</summary>
    /// <param name="scorer">What scores them.</param>
    /// <param name="model">The model.</param>
    /// <param name="study">The study, which names the columns.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops scoring.</param>
    /// <returns>The score, of at least one row.</returns>
    /// <exception cref="DataFileException">The file has mistakes, or no row whose label the model knows.</exception>
    public static async Task<FileScore> TakeAsync(
        IModelScorer scorer, ModelDescription model, Study study, string path, CancellationToken cancellationToken)
    {
        var section = study.Population.File ?? new FileSection();
        var isLanguage = model.Task.Language is not null;
        var columns = section.Columns with { Device = null, Time = null, Split = null };
        var file = DataFile.Open(path, section.Format, isLanguage ? columns with { Label = null } : columns);
        var (known, unknown) = (model.Task.Classes.ToHashSet(StringComparer.Ordinal), new SortedDictionary<string, long>(StringComparer.Ordinal));
        var score = new ModelScore(0, 0, 0);
        foreach (var batch in file.Rows().Select(row => new LabelledText(row.Text, row.Label)).Chunk(BatchRows))
        {
            foreach (var row in batch.Where(row => !isLanguage && !known.Contains(row.Label)))
            {
                unknown[row.Label] = unknown.GetValueOrDefault(row.Label) + 1;
            }

            if (unknown.Count > DataSurvey.LabelsMax)
            {
                file.Report.AddFirst(file.Columns.Label, $"more than {DataSurvey.LabelsMax} labels that the model does not know; the rest was not read. Name the column of the classes.");
                break;
            }

            var part = await scorer.ScoreAsync(model.Checkpoint, [.. batch]).WaitAsync(cancellationToken);
            score = new ModelScore(score.Examples + part.Examples, score.Correct + part.Correct, score.LossSum + part.LossSum);
        }

        EnsureScored(file, score, unknown, model);
        return new FileScore(score, file.Report.Unlabelled, unknown);
    }

    private static void EnsureScored(DataFile file, ModelScore score, SortedDictionary<string, long> unknown, ModelDescription model)
    {
        if (file.Report.ProblemCount == 0 && score.Examples == 0)
        {
            var what = unknown.Count == 0
                ? "no row has a label"
                : $"the model knows none of its {unknown.Count} labels, such as '{Quoting.Shorten(unknown.Keys.First())}'; it knows {model.Task.Classes.Length}, "
                    + $"such as '{Quoting.Shorten(model.Task.Classes[0])}'";
            file.Report.AddFirst(file.Columns.Label, $"{what}. Name a file of the same labels, with the columns that the run's study.json names.");
        }

        file.Report.ThrowIfBad();
    }
}
