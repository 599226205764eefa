using System.Collections.Concurrent;

namespace Sheaf.Grains.Populations;

/// <summary>A silo's view of the populations, asked for once each and again when a policy has changed. Thread-safe.</summary>
internal sealed class PopulationCatalog(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, PopulationView> _views = new(StringComparer.Ordinal);

    /// <summary>The view of a population.</summary>
    /// <param name="population">Its name.</param>
    /// <param name="policyVersion">The least version of its retention policy that the view must know.</param>
    /// <returns>The view.</returns>
    /// <exception cref="InvalidOperationException">It was never registered.</exception>
    public async ValueTask<PopulationView> FindAsync(string population, int policyVersion = 0)
    {
        if (_views.TryGetValue(population, out var view) && view.Retention.Version >= policyVersion)
        {
            return view;
        }

        var known = await grains.GetGrain<IPopulationTasks>(population).DescribeAsync()
            ?? throw new InvalidOperationException($"There is no population '{population}'. Register it first.");
        var made = new PopulationView(known.Spec, known.Past);
        return _views.AddOrUpdate(population, made, (_, other) => other.Retention.Version > made.Retention.Version ? other : made);
    }
}
