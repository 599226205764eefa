namespace Sheaf.Abstractions.Tasks;

/// <summary>How a period of a task began.</summary>
/// <param name="Period">The population's period, from 0.</param>
/// <param name="Round">The first round that runs in it.</param>
/// <param name="Prequential">How the checkpoint of the round before scored on the period's new examples, before any device trained on them or
/// deleted them; null when nothing was scored.</param>
/// <param name="Unscored">Why nothing was scored; null when something was.</param>
/// <param name="Repeatable">Whether the study and its seed alone decided who scored.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PeriodRecord")]
public sealed record PeriodRecord(
    [property: Id(0)] int Period,
    [property: Id(1)] int Round,
    [property: Id(2)] EvaluationRecord? Prequential,
    [property: Id(3)] string? Unscored,
    [property: Id(4)] bool Repeatable);
