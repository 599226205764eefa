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

    /// <summary>Where all randomness comes from. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

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

    /// <summary>The same study with the section of its source filled in, so that nothing depends on a default any more.</summary>
    /// <returns>A study whose <see cref="PopulationSection.Generated"/> or <see cref="PopulationSection.File"/> is there.</returns>
    public Study Resolve() => this with
    {
        Population = Population.Source == PopulationSource.Generated
            ? Population with { Generated = Population.Generated ?? new() }
            : Population with { File = Population.File ?? new() },
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
