namespace Sheaf.Abstractions.Populations;

/// <summary>What a device may keep to train on; all rules hold together.</summary>
/// <param name="ExamplesMax">So many examples; null keeps any number.</param>
/// <param name="AgeMax">Examples younger than this, by the population's time; null keeps any age.</param>
/// <param name="Overflow">What goes above <paramref name="ExamplesMax"/>: <c>oldest-first</c> or <c>reservoir</c>.</param>
/// <param name="BytesMax">So many bytes of texts and labels, the newest; null keeps any.</param>
/// <param name="PeriodsMax">So many periods, the one under way included; null keeps all.</param>
/// <param name="TrainOnce">Whether an example goes when the device has seen the commit of a round that trained on it.</param>
/// <param name="Reserve">How many of the examples that <paramref name="PeriodsMax"/> or <paramref name="ExamplesMax"/> would delete are kept to be
/// replayed; 0 keeps none.</param>
/// <param name="ReserveChoice">How they are chosen: <c>random</c>, or <c>gradient-sum</c> (so that their gradients nearly cancel).</param>
/// <param name="Version">Which edition of the policy this is, at least 0: every change counts it up.</param>
[GenerateSerializer, Immutable, Alias("sheaf.RetentionSpec")]
public sealed record RetentionSpec(
    [property: Id(0)] int? ExamplesMax,
    [property: Id(1)] TimeSpan? AgeMax,
    [property: Id(2)] string Overflow = "oldest-first",
    [property: Id(3)] long? BytesMax = null,
    [property: Id(4)] int? PeriodsMax = null,
    [property: Id(5)] bool TrainOnce = false,
    [property: Id(6)] int Version = 0,
    [property: Id(7)] int Reserve = 0,
    [property: Id(8)] string ReserveChoice = "random");
