using System.Text.Json.Serialization;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Client.Studies;

/// <summary>A study: a population, a model, how it is trained and how it is judged. Every field has a default.</summary>
/// <remarks>Its file is JSON with comments and trailing commas, read by <see cref="StudyReader"/>; field names are these properties'
/// in camel case. Two studies with equal fields are equal, and the same study gives the same result.</remarks>
internal sealed record Study
{
    /// <summary>What it is called in folders and reports: 1 to 64 ASCII letters, digits, '-', '_' and '.', beginning with a letter or a
    /// digit. Default: "study".</summary>
    public string Name { get; init; } = "study";

    /// <summary>What it is for, in words. Default: empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Which arm of a study this is: <c>sheaf run</c> says it in the study of each run of a study with arms. Default: empty.</summary>
    public string Arm { get; init; } = "";

    /// <summary>Where all randomness comes from; not used when there are <see cref="Seeds"/>. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The seeds of a study that is run with several, each once and at most 1000: every arm is run with every seed. Default: none,
    /// so that it is run once, with <see cref="Seed"/>.</summary>
    public ValueList<ulong> Seeds { get; init; } = [];

    /// <summary>The ways in which the study is run, by name, at most 100: what each does differently, as sections or as paths such as
    /// "training.selection.strategy". The first is what the others are compared with. A name is 1 to 64 ASCII letters, digits, '-', '_' and
    /// '.', beginning with a letter or a digit. Default: none, so that it is run as it is.</summary>
    public ValueList<StudyArm> Arms { get; init; } = [];

    /// <summary>Whose examples are learnt from.</summary>
    public PopulationSection Population { get; init; } = new();

    /// <summary>What is asked.</summary>
    public TaskSection Task { get; init; } = new();

    /// <summary>What is learnt.</summary>
    public ModelSection Model { get; init; } = new();

    /// <summary>How it is learnt.</summary>
    public TrainingSection Training { get; init; } = new();

    /// <summary>How it is judged.</summary>
    public EvaluationSection Evaluation { get; init; } = new();

    /// <summary>The period in which the first rounds run.</summary>
    [JsonIgnore]
    public int FirstPeriod => Population.Arrival == PeriodArrival.AtOnce ? Population.Periods - 1 : 0;

    /// <summary>Rounds of all periods together.</summary>
    [JsonIgnore]
    public int RoundsInAll => Training.Rounds * (Population.Periods - FirstPeriod);

    /// <summary>Whether examples come while the study runs.</summary>
    [JsonIgnore]
    public bool IsContinual => FirstPeriod < Population.Periods - 1;

    /// <summary>The same study with the section of its source filled in, so that nothing depends on a default any more.</summary>
    /// <returns>A study whose <see cref="PopulationSection.Generated"/> or <see cref="PopulationSection.File"/> is there.</returns>
    public Study Resolve() => this with
    {
        Population = Population.Source == PopulationSource.Generated
            ? Population with { Generated = Population.Generated ?? new() }
            : Population with { File = Population.File ?? new() },
    };

    /// <summary>What a task says of the study that it was made of.</summary>
    /// <param name="name">The task's name.</param>
    /// <param name="task">The task.</param>
    /// <returns>A study with the task's name and seed, and what is asked.</returns>
    public static Study OfTask(string name, TaskSpec task) => new()
    {
        Name = name,
        Seed = task.Seed,
        Task = task.Language is { } language ? new TaskSection { Type = TaskType.NextWord, Context = language.Context } : new TaskSection(),
    };

    /// <summary>The same study with the rows of a file for its population, read as the study says, if it does.</summary>
    /// <param name="path">The file; a relative path begins at the working folder.</param>
    /// <returns>A study whose source is the file.</returns>
    public Study WithData(string path) => this with
    {
        Population = Population with
        {
            Source = PopulationSource.File,
            Generated = null,
            File = (Population.File ?? new()) with { Path = Path.GetFullPath(path) },
        },
    };
}
