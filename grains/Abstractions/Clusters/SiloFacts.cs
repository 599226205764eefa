namespace Sheaf.Abstractions.Clusters;

/// <summary>The names under which silos publish what they are.</summary>
public static class SiloFacts
{
    /// <summary>The kind of accelerator that the silo has: <c>cuda</c> or <see cref="NoAccelerator"/>.</summary>
    public const string Accelerator = "accelerator";

    /// <summary>All of its accelerators: <c>cuda:0,cuda:1</c> or <see cref="NoAccelerator"/>.</summary>
    public const string Accelerators = "accelerators";

    /// <summary>How many training threads it has.</summary>
    public const string Lanes = "lanes";

    /// <summary>Which version of Sheaf it runs.</summary>
    public const string Version = "version";

    /// <summary>The kind of accelerator that NVIDIA's are.</summary>
    public const string Cuda = "cuda";

    /// <summary>What a silo without an accelerator says.</summary>
    public const string NoAccelerator = "none";
}
