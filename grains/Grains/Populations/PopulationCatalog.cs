using System.Collections.Concurrent;
using Sheaf.Abstractions.Populations;

namespace Sheaf.Grains.Populations;

/// <summary>A silo's view of the populations, asked for once each: a specification never changes. Thread-safe.</summary>
internal sealed class PopulationCatalog(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, PopulationView> _views = new(StringComparer.Ordinal);

    /// <summary>The view of a population.</summary>
    /// <param name="population">Its name.</param>
    /// <returns>The view.</returns>
    /// <exception cref="InvalidOperationException">It was never registered.</exception>
    public async ValueTask<PopulationView> FindAsync(string population)
    {
        if (_views.TryGetValue(population, out var view))
        {
            return view;
        }

        var spec = await grains.GetGrain<IPopulation>(population).GetSpecAsync()
            ?? throw new InvalidOperationException($"There is no population '{population}'. Register it first.");
        return _views.GetOrAdd(population, _ => new PopulationView(spec));
    }
}
