namespace Sheaf.Abstractions.Populations;

/// <summary>How far a population's data has come.</summary>
/// <param name="Period">The period that has arrived last, from 0; −1 before the first.</param>
/// <param name="Time">The population's time, against which the age of its examples is measured.</param>
/// <param name="IsSettled">Whether the period's new examples have been scored by the tasks that score them, and whatever the devices may
/// not keep is deleted: rounds of the period begin when they have.</param>
/// <param name="PolicyVersion">The version of the population's retention policy.</param>
/// <param name="SeesCommits">Whether some device deletes what it has trained on once it has seen the commit.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PopulationMoment")]
public readonly record struct PopulationMoment(
    [property: Id(0)] int Period,
    [property: Id(1)] DateTimeOffset Time,
    [property: Id(2)] bool IsSettled,
    [property: Id(3)] int PolicyVersion = 0,
    [property: Id(4)] bool SeesCommits = false);
