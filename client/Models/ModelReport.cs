using System.Text.Json.Serialization;
using Sheaf.Client.Data;
using Sheaf.Client.Running;

namespace Sheaf.Client.Models;

/// <summary>How a run's model scored.</summary>
/// <param name="Task">The task.</param>
/// <param name="Round">How many rounds the model has seen.</param>
/// <param name="Checkpoint">The model's SHA-256.</param>
/// <param name="Data">The file it was scored on; null when it was scored on what the run's devices hold out.</param>
/// <param name="Devices">Devices that scored it; null for a file.</param>
/// <param name="Examples">Examples scored, at least 1.</param>
/// <param name="Metrics">The score.</param>
/// <param name="Unlabelled">Rows of the file that were left out because they have no label.</param>
/// <param name="UnknownLabels">Rows of the file that were left out because the model does not know their label, by label.</param>
internal sealed record ModelReport(
    string Task,
    int Round,
    string Checkpoint,
    string? Data,
    int? Devices,
    long Examples,
    [property: JsonIgnore] RunMetrics Metrics,
    long Unlabelled,
    IReadOnlyDictionary<string, long> UnknownLabels)
{
    /// <summary>Share of examples whose own label came out on top, in [0, 1].</summary>
    public double Accuracy => Metrics.Accuracy;

    /// <summary>Mean cross-entropy, in nats.</summary>
    public double Loss => Metrics.Loss;

    /// <summary>The loss in bits per word; absent unless the task is next words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BitsPerWord => Metrics.BitsPerWord;

    /// <summary>The perplexity; absent unless the task is next words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Perplexity => Metrics.Perplexity;

    /// <summary>Scores the model of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">The file to score it on; null for what the run's devices hold out.</param>
    /// <param name="cancellationToken">Stops scoring.</param>
    /// <returns>The score.</returns>
    /// <exception cref="RunFailedException">There is no whole model, the run has not ended, or nothing is held out.</exception>
    /// <exception cref="DataFileException">The file has mistakes, or no row whose label the model knows.</exception>
    public static async Task<ModelReport> TakeAsync(OpenedRun run, string? data, CancellationToken cancellationToken)
    {
        var model = await run.ModelAsync();
        // A damaged checkpoint is told here in one sentence; devices would fail one by one.
        await model.VerifyAsync(cancellationToken);
        var (name, round, checkpoint) = (model.Description.Name, model.Description.Round, model.Description.Checkpoint);
        if (data is null)
        {
            var held = await run.EvaluateAsync(cancellationToken);
            return new ModelReport(name, round, checkpoint, null, held.Devices, held.Examples, RunMetrics.Of(run.Study, held), 0, new Dictionary<string, long>());
        }

        var scored = await FileScore.TakeAsync(run.Scorer, model.Description, run.Study, data, cancellationToken);
        var (examples, correct, lossSum) = (scored.Score.Examples, scored.Score.Correct, scored.Score.LossSum);
        var metrics = RunMetrics.Of(run.Study, (double)correct / examples, lossSum / examples);
        return new ModelReport(name, round, checkpoint, data, null, examples, metrics, scored.Unlabelled, scored.Unknown);
    }
}
