using System.Collections.Immutable;
using System.Reflection;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Models;

/// <summary><c>model.json</c>: what a model is, where it comes from, and all that is needed to use its tensors.</summary>
/// <param name="Task">The task that trained it.</param>
/// <param name="Study">The study's name.</param>
/// <param name="Seed">The study's seed.</param>
/// <param name="Round">How many rounds it has seen.</param>
/// <param name="Checkpoint">SHA-256 of its values, one after another, as little-endian singles.</param>
/// <param name="Repeatable">Whether the same study and seed must give this model again, bit for bit.</param>
/// <param name="Population">What it was trained on.</param>
/// <param name="Metrics">Its last score on held-out examples; null when it has none.</param>
/// <param name="Model">What it computes.</param>
/// <param name="Tokenizer">How texts become tokens.</param>
/// <param name="Labels">The labels, in the order of the outputs.</param>
/// <param name="Sheaf">The version of Sheaf that wrote it.</param>
/// <param name="Created">When it was written.</param>
internal sealed record ModelCard(
    string Task,
    string Study,
    ulong Seed,
    int Round,
    string Checkpoint,
    bool Repeatable,
    CardPopulation Population,
    CardMetrics? Metrics,
    CardModel Model,
    TokenizerDescription Tokenizer,
    ImmutableArray<string> Labels,
    string Sheaf,
    DateTimeOffset Created)
{
    /// <summary>Describes a model.</summary>
    /// <param name="study">The study.</param>
    /// <param name="model">The model.</param>
    /// <param name="totals">Its population.</param>
    /// <param name="records">The rounds that are over.</param>
    /// <param name="created">When the card is written.</param>
    /// <returns>The card.</returns>
    public static ModelCard Of(Study study, ModelDescription model, PopulationTotals totals, IReadOnlyList<RoundRecord> records, DateTimeOffset created)
    {
        var seen = records.Where(record => record.Round <= model.Round).ToArray();
        var scored = seen.LastOrDefault(record => record.Evaluation is not null);
        return new ModelCard(
            model.Name,
            study.Name,
            study.Seed,
            model.Round,
            model.Checkpoint,
            seen.All(record => record.Repeatable),
            new CardPopulation(model.Task.Population, totals.ActiveDevices, totals.Examples, totals.HeldOut),
            scored?.Evaluation is { } score ? new CardMetrics(scored.Round, score.Devices, score.Examples, score.Accuracy, score.Loss) : null,
            new CardModel(model.Task.Model.Type, model.Bytes / sizeof(float), ComputationOf(model.Task.Model.Type), model.Tensors),
            model.Tokenizer,
            model.Task.Classes,
            typeof(ModelCard).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            created);
    }

    private static string ComputationOf(string type) => type switch
    {
        "embedding-bag" =>
            "x = the mean of the rows of embedding.weight that a text's tokens name, 0 without any; h = max(0, x · hidden.weight + hidden.bias); "
            + "a label's logit is its value in h · output.weight + output.bias",
        "softmax-regression" =>
            "x = the mean of the rows of output.weight that a text's tokens name, 0 without any; a label's logit is its value in x + output.bias",
        "log-bilinear" =>
            "x = the mean of the rows of context.weight that the tokens of the words before name; a word's logit is its value in "
            + "x · output.weight + output.bias",
        _ => "what the study's own model computes",
    };
}

/// <summary>What a model was trained on.</summary>
/// <param name="Name">The population.</param>
/// <param name="Devices">Devices with anything to train on.</param>
/// <param name="Examples">Examples they can train on.</param>
/// <param name="HeldOut">Examples kept for evaluation only.</param>
internal sealed record CardPopulation(string Name, long Devices, long Examples, long HeldOut);

/// <summary>A score on held-out examples.</summary>
/// <param name="Round">The round after which the model was scored.</param>
/// <param name="Devices">Devices that scored it.</param>
/// <param name="Examples">Examples scored.</param>
/// <param name="Accuracy">Share of examples whose own label came out on top, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy, in nats.</param>
internal sealed record CardMetrics(int Round, int Devices, long Examples, double Accuracy, double Loss);

/// <summary>What a model computes.</summary>
/// <param name="Type">The kind of model.</param>
/// <param name="Parameters">How many values it has.</param>
/// <param name="Computes">How its tensors make a prediction.</param>
/// <param name="Tensors">Its tensors, as <c>model.safetensors</c> has them.</param>
internal sealed record CardModel(string Type, long Parameters, string Computes, ImmutableArray<ModelTensor> Tensors);
