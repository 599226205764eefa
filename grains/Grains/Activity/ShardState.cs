namespace Sheaf.Grains.Activity;

/// <summary>What a shard stores: for pushed populations every device, for generated ones only those that differ from the generator.</summary>
[GenerateSerializer, Alias("sheaf.ShardState")]
internal sealed class ShardState
{
    /// <summary>The counts by device id.</summary>
    [Id(0)]
    public Dictionary<string, DeviceCounts> Devices { get; set; } = new(StringComparer.Ordinal);

    /// <summary>The period that has arrived last; −1 before the first.</summary>
    [Id(1)]
    public int Period { get; set; } = -1;

    /// <summary>The version of the population's policy that it goes by.</summary>
    [Id(2)]
    public int PolicyVersion { get; set; }

    /// <summary>Devices with receipts that a purge must complete.</summary>
    [Id(3)]
    public HashSet<string> OpenReceipts { get; set; } = new(StringComparer.Ordinal);
}
