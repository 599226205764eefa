using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Sheaf.Abstractions.Clusters;
using Sheaf.Learning.Torch;

namespace Sheaf.Silo.Hosting;

/// <summary>What a silo is made of.</summary>
/// <param name="Lanes">Training threads on its processor, at least 1.</param>
/// <param name="Accelerators">What it says it has: <c>none</c>, or accelerators separated by commas, such as <c>cuda:0,cuda:1</c>.</param>
public sealed record SiloParts(int Lanes, string Accelerators = SiloFacts.NoAccelerator)
{
    private const string Auto = "auto";

    /// <summary>The silo's version: what it was built from.</summary>
    public static string Version { get; } =
        typeof(SiloParts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The accelerators that its libtorch computes with, one lane for each; empty when it only says that it has some.</summary>
    public ImmutableArray<string> Usable { get; init; } = [];

    /// <summary>The kind of its accelerators: grains ask for one, not for the third of them.</summary>
    internal string Kind => Accelerators.Split(',', ':')[0];

    /// <summary>Finds out what this machine has.</summary>
    /// <param name="lanes">Training threads on its processor, at least 1.</param>
    /// <param name="accelerators"><c>auto</c>, <c>none</c>, <c>cuda</c>, or accelerators separated by commas.</param>
    /// <returns>What a silo here is made of.</returns>
    /// <exception cref="AcceleratorException">It is to have CUDA, and this process's libtorch finds none.</exception>
    public static SiloParts Find(int lanes, string accelerators = Auto)
    {
        ArgumentNullException.ThrowIfNull(accelerators);
        if (accelerators == SiloFacts.NoAccelerator)
        {
            return new SiloParts(lanes);
        }

        var found = TorchTrainerFactory.Accelerators;
        if (accelerators is not (Auto or SiloFacts.Cuda))
        {
            return new SiloParts(lanes, accelerators) { Usable = [.. accelerators.Split(',').Where(named => found.Contains(named))] };
        }

        if (found.IsEmpty && accelerators == SiloFacts.Cuda)
        {
            throw new AcceleratorException(
                "It is to compute on CUDA (Accelerators=cuda), and its libtorch is not built for CUDA or finds no driver. Build it with -p:Torch=cuda or name a libtorch that is (Torch:LibraryPath), "
                + "see to the driver, or let it use what it finds (Accelerators=auto).");
        }

        return found.IsEmpty ? new SiloParts(lanes) : new SiloParts(lanes, string.Join(',', found)) { Usable = found };
    }

    /// <summary>What it publishes of itself to the cluster.</summary>
    /// <returns>The metadata.</returns>
    internal Dictionary<string, string> Metadata() => new()
    {
        [SiloFacts.Accelerator] = Kind,
        [SiloFacts.Accelerators] = Accelerators,
        [SiloFacts.Lanes] = Lanes.ToString(CultureInfo.InvariantCulture),
        [SiloFacts.Version] = Version,
    };
}
