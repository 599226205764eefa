namespace Sheaf.Grains.Activity;

/// <summary>What a shard stores: for pushed populations every device, for generated ones only those that differ from the generator.</summary>
[GenerateSerializer, Alias("sheaf.ShardState")]
internal sealed class ShardState
{
    /// <summary>The counts by device id.</summary>
    [Id(0)]
    public Dictionary<string, DeviceCounts> Devices { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Whether the generator's examples have been made available.</summary>
    [Id(1)]
    public bool IsGenerated { get; set; }
}
