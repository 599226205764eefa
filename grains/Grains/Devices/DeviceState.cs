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

    /// <summary>The period of the latest examples that came, pushed or pulled; −1 before any.</summary>
    [Id(5)]
    public int Period { get; set; } = -1;

    /// <summary>How many examples to train on came with that period and were not erased.</summary>
    [Id(6)]
    public int Fresh { get; set; }

    /// <summary>How many examples to train on ever came and were not erased.</summary>
    [Id(7)]
    public int Made { get; set; }

    /// <summary>What was erased.</summary>
    [Id(3)]
    public List<EraseReceipt> Receipts { get; set; } = [];

    /// <summary>Another state of the same, which can be changed by itself.</summary>
    /// <returns>The copy; the examples themselves never change.</returns>
    public DeviceState Copy()
    {
        var copy = (DeviceState)MemberwiseClone();
        (copy.Examples, copy.Receipts) = ([.. Examples], [.. Receipts]);
        return copy;
    }
}

/// <summary>One stored example.</summary>
/// <param name="Time">When it was made.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">Its label.</param>
/// <param name="HeldOut">Whether it is kept for evaluation only: the test set of a simulation, which no policy deletes.</param>
/// <param name="ExampleId">Its number, ascending as examples come: the row of a pushed one, period · 2³² + row of a generated one.</param>
/// <param name="Period">The period with which it came.</param>
[GenerateSerializer, Immutable, Alias("sheaf.StoredExample")]
internal sealed record StoredExample(
    [property: Id(0)] DateTimeOffset Time,
    [property: Id(1)] string Text,
    [property: Id(2)] string Label,
    [property: Id(3)] bool HeldOut,
    [property: Id(4)] long ExampleId,
    [property: Id(5)] int Period);
