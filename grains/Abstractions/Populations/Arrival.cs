namespace Sheaf.Abstractions.Populations;

/// <summary>One row on its way into a device.</summary>
/// <param name="DeviceId">The device; ignored by a population with a <see cref="PartitionSpec"/>.</param>
/// <param name="Row">The row's number in its source, ascending; what makes intake idempotent.</param>
/// <param name="Time">When the example was made.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label.</param>
/// <param name="HeldOut">Whether it is kept for evaluation only; null lets the population decide by the text.</param>
/// <param name="LabelOrdinal">Its place among the rows of its label, the first being 0; needed by a population with a
/// <see cref="PartitionSpec"/> alone.</param>
[GenerateSerializer, Immutable, Alias("sheaf.Arrival")]
public sealed record Arrival(
    [property: Id(0)] string DeviceId,
    [property: Id(1)] long Row,
    [property: Id(2)] DateTimeOffset Time,
    [property: Id(3)] string Text,
    [property: Id(4)] string Label,
    [property: Id(5)] bool? HeldOut,
    [property: Id(6)] long? LabelOrdinal = null);

/// <summary>How much a population has.</summary>
/// <param name="Devices">Devices that hold anything.</param>
/// <param name="ActiveDevices">Devices with at least one example to train on.</param>
/// <param name="Examples">Examples to train on.</param>
/// <param name="HeldOut">Examples kept for evaluation only.</param>
/// <param name="LabelDivergence">With a <see cref="PartitionSpec"/> of at most 1000 devices, how much their labels differ: the mean pairwise
/// Jensen–Shannon divergence of all rows, held out or not, in bits, 0 to 1; else null.</param>
/// <param name="Overdue">Devices that hold examples past their expiry: 0 but while they are being deleted, or when that fails.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PopulationTotals")]
public sealed record PopulationTotals(
    [property: Id(0)] long Devices,
    [property: Id(1)] long ActiveDevices,
    [property: Id(2)] long Examples,
    [property: Id(3)] long HeldOut,
    [property: Id(4)] double? LabelDivergence = null,
    [property: Id(5)] long Overdue = 0);
