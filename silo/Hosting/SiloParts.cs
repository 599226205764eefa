using System.Globalization;
using System.Reflection;
using Sheaf.Abstractions.Clusters;

namespace Sheaf.Silo.Hosting;

/// <summary>What a silo is made of.</summary>
/// <param name="Lanes">Training threads, at least 1.</param>
/// <param name="Accelerators">What it says it has: <c>none</c>, or accelerators separated by commas, such as <c>cuda:0,cuda:1</c>.</param>
public sealed record SiloParts(int Lanes, string Accelerators = SiloFacts.NoAccelerator)
{
    /// <summary>The silo's version: what it was built from.</summary>
    public static string Version { get; } =
        typeof(SiloParts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The kind of its accelerators: grains ask for one, not for the third of them.</summary>
    internal string Kind => Accelerators.Split(',', ':')[0];

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
