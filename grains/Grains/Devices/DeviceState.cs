using Sheaf.Abstractions.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>What a device stores.</summary>
[GenerateSerializer, Alias("sheaf.DeviceState")]
internal sealed class DeviceState
{
    /// <summary>Its examples, by time.</summary>
    [Id(0)]
    public List<StoredExample> Examples { get; set; } = [];

    /// <summary>Pushed rows up to this one have been taken in, or erased before they were.</summary>
    [Id(1)]
    public long RowWatermark { get; set; } = -1;

    /// <summary>Generated periods below this one have been pulled, or erased before they were.</summary>
    [Id(2)]
    public int PeriodWatermark { get; set; }

    /// <summary>Raised with every store, so that a shard can tell older counts from newer ones.</summary>
    [Id(4)]
    public long Version { get; set; }

    /// <summary>What was erased.</summary>
    [Id(3)]
    public List<EraseReceipt> Receipts { get; set; } = [];
}

/// <summary>One stored example.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label.</param>
/// <param name="HeldOut">Whether it is kept for evaluation only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.StoredExample")]
internal sealed record StoredExample(
    [property: Id(0)] DateTimeOffset Time, [property: Id(1)] string Text, [property: Id(2)] string Label, [property: Id(3)] bool HeldOut);
