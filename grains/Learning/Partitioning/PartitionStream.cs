namespace Sheaf.Learning.Partitioning;

/// <summary>The first coordinate of a partition's random values. Numbers are part of the repeatability promise.</summary>
internal enum PartitionStream
{
    /// <summary>The order of the rows.</summary>
    RowOrder = 0,

    /// <summary>How much each device gets.</summary>
    Quantity = 1,

    /// <summary>The label distribution of a device.</summary>
    LabelMix = 2,
}
