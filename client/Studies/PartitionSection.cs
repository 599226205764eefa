namespace Sheaf.Client.Studies;

/// <summary>How the rows of a file are dealt out to devices.</summary>
internal enum PartitionKind
{
    /// <summary>As the column of the device says.</summary>
    Natural,

    /// <summary>At random, equally many each.</summary>
    Iid,

    /// <summary>Equally many each, with labels of their own.</summary>
    LabelDirichlet,

    /// <summary>Random shares, labels as they come.</summary>
    QuantityDirichlet,

    /// <summary>Shares that fall with a power of the rank, labels as they come.</summary>
    Zipf,
}

/// <summary>Which rows of a file belong to which device. All but "natural" leave the column of the device unread.</summary>
internal sealed record PartitionSection
{
    /// <summary>"natural" (the column of the device), "iid", "label-dirichlet", "quantity-dirichlet" or "zipf". Default: "natural".</summary>
    public PartitionKind Kind { get; init; } = PartitionKind.Natural;

    /// <summary>How many devices there are, 1 to 100,000, and at most one for each row; not for "natural". Default: 100.</summary>
    public int Devices { get; init; } = 100;

    /// <summary>The concentration α of a device's labels for "label-dirichlet", in all labels together, 0.001 to 1,000,000; small values
    /// mean few labels per device. Default: 1.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>The concentration β of the sizes for "quantity-dirichlet", 0.001 to 1,000,000; small values mean sizes that differ more.
    /// Default: 5.</summary>
    public double Beta { get; init; } = 5;

    /// <summary>How steeply sizes fall with the rank for "zipf", 0 (all alike) to 4. Default: 1.</summary>
    public double Exponent { get; init; } = 1;
}
