namespace Sheaf.Abstractions.Populations;

/// <summary>What a population is. Fixed when it is registered, but for its retention policy.</summary>
/// <param name="Shards">How many activity shards it has: a power of two from 1 to 1024.</param>
/// <param name="HeldOut">The share of its texts kept for evaluation, in [0, 1).</param>
/// <param name="Retention">What its devices may keep.</param>
/// <param name="Generated">How its examples are made; null when they are pushed.</param>
/// <param name="Partition">How pushed examples are dealt out to devices; null when every arrival names its device.</param>
/// <param name="Behaviour">How reliably its devices take part in training; null when they always do.</param>
/// <param name="Clock">What its time is: <c>data</c> (that of the newest row, or of the generated period) or <c>wall</c> (the silos' clock, by which
/// data expires also when nothing arrives; not for generated populations).</param>
[GenerateSerializer, Immutable, Alias("sheaf.PopulationSpec")]
public sealed record PopulationSpec(
    [property: Id(0)] int Shards,
    [property: Id(1)] double HeldOut,
    [property: Id(2)] RetentionSpec Retention,
    [property: Id(3)] GeneratedSpec? Generated,
    [property: Id(4)] PartitionSpec? Partition = null,
    [property: Id(5)] BehaviourSpec? Behaviour = null,
    [property: Id(6)] string Clock = PopulationSpec.DataClock)
{
    /// <summary>The <see cref="Clock"/> of a population whose time is that of its data.</summary>
    public const string DataClock = "data";

    /// <summary>The <see cref="Clock"/> of a population whose time is the silos' clock.</summary>
    public const string WallClock = "wall";
}

/// <summary>How reliably virtual devices take part in training. Each round decides anew, for each device by itself; evaluation has them all.</summary>
/// <param name="Availability">The probability that a device can be selected in a round, in (0, 1]; with profiles that are generated, the share of the
/// time that it is online.</param>
/// <param name="DropOut">The probability that a selected device gives no answer, in [0, 1).</param>
/// <param name="Profiles">How fast devices are and when they are online, by a virtual clock; null when rounds take the time that they take.</param>
[GenerateSerializer, Immutable, Alias("sheaf.BehaviourSpec")]
public sealed record BehaviourSpec(
    [property: Id(0)] double Availability, [property: Id(1)] double DropOut, [property: Id(2)] ProfilesSpec? Profiles = null);

/// <summary>How a generated population is made.</summary>
/// <param name="Seed">Everything follows from it.</param>
/// <param name="Devices">How many devices, at least 1.</param>
/// <param name="ZipfExponent">How steeply activity falls with rank, at least 0; 0 makes all devices alike.</param>
/// <param name="ExamplesMean">Mean examples per device and period, above 0 and at most <paramref name="ExamplesMax"/>.</param>
/// <param name="ExamplesMax">The most examples of one device in one period, at least 1.</param>
/// <param name="LabelConcentration">Dirichlet concentration of a device's labels, above 0; small values mean few labels per device.</param>
/// <param name="Periods">How many periods there are, at least 1.</param>
/// <param name="Drift">How much the vocabulary moves over the periods, in [0, 1].</param>
[GenerateSerializer, Immutable, Alias("sheaf.GeneratedSpec")]
public sealed record GeneratedSpec(
    [property: Id(0)] ulong Seed,
    [property: Id(1)] int Devices,
    [property: Id(2)] double ZipfExponent,
    [property: Id(3)] double ExamplesMean,
    [property: Id(4)] int ExamplesMax,
    [property: Id(5)] double LabelConcentration,
    [property: Id(6)] int Periods,
    [property: Id(7)] double Drift);
