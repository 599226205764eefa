using Microsoft.Extensions.Logging;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;
using Sheaf.Abstractions.Clusters;

namespace Sheaf.Grains.Placement;

/// <summary>Prefers silos whose metadata names an accelerator; with none, any silo will do, and the log says so.</summary>
/// <param name="accelerator">The accelerator: <c>cuda</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PreferAcceleratorAttribute(string accelerator) : PlacementFilterAttribute(new AcceleratorPlacementFilter(accelerator, order: 0));

/// <summary>
/// The strategy of <see cref="PreferAcceleratorAttribute"/>. The runtime's own metadata filters compare candidates with the calling silo
/// and cannot say "needs a GPU".
/// </summary>
internal sealed class AcceleratorPlacementFilter(string accelerator, int order) : PlacementFilterStrategy(order)
{
    private const string Property = "accelerator";

    /// <summary>Made by the runtime, which then reads the grain's properties.</summary>
    public AcceleratorPlacementFilter()
        : this("", 0)
    {
    }

    /// <summary>The accelerator.</summary>
    public string Accelerator { get; private set; } = accelerator;

    /// <inheritdoc/>
    public override void AdditionalInitialize(GrainProperties properties) => Accelerator =
        GetPlacementFilterGrainProperty(Property, properties) ?? throw new InvalidOperationException("The grain's accelerator filter names no accelerator.");

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) =>
        [new(Property, Accelerator)];
}

/// <summary>Applies <see cref="AcceleratorPlacementFilter"/>.</summary>
internal sealed partial class AcceleratorPlacementFilterDirector(ISiloMetadataCache metadata, ILogger<AcceleratorPlacementFilterDirector> logger)
    : IPlacementFilterDirector
{
    /// <inheritdoc/>
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var accelerator = ((AcceleratorPlacementFilter)filterStrategy).Accelerator;
        var all = silos.ToArray();
        var matching = all.Where(silo => Has(silo, accelerator)).ToArray();
        if (matching.Length == 0)
        {
            LogFallback(target.GrainIdentity, accelerator, all.Length);
        }

        return matching.Length > 0 ? matching : all;
    }

    private bool Has(SiloAddress silo, string accelerator) =>
        metadata.GetSiloMetadata(silo).Metadata.TryGetValue(SiloFacts.Accelerator, out var has) && has == accelerator;

    [LoggerMessage(121, LogLevel.Information, "None of {Silos} silos has '{Accelerator}': {Grain} is placed on any of them.")]
    private partial void LogFallback(GrainId grain, string accelerator, int silos);
}
