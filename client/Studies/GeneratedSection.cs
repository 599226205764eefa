namespace Sheaf.Client.Studies;

/// <summary>A generated population.</summary>
internal sealed record GeneratedSection
{
    /// <summary>How many labels every generated population has.</summary>
    public const int Labels = 63;

    /// <summary>How many devices there are, 1 to 10,000,000. Default: 1000.</summary>
    public int Devices { get; init; } = 1000;

    /// <summary>How unevenly examples are spread: the k-th most active device has about k⁻ˢ times as many as the first. s from 0 (all alike)
    /// to 4. Default: 1.</summary>
    public double ZipfExponent { get; init; } = 1;

    /// <summary>Mean examples per device and period, above 0 and at most <see cref="ExamplesMax"/>. Default: 13.</summary>
    public double ExamplesMean { get; init; } = 13;

    /// <summary>The most examples of one device in one period, 1 to 1,000,000. Default: 2000.</summary>
    public int ExamplesMax { get; init; } = 2000;

    /// <summary>How alike the devices' labels are: the concentration of the Dirichlet distribution their shares come from, 0.001 to
    /// 1,000,000; small means that each device knows few labels. Default: 10.</summary>
    public double LabelConcentration { get; init; } = 10;

    /// <summary>How much the examples change from period to period, 0 (not at all) to 1. Default: 0.</summary>
    public double Drift { get; init; }
}
