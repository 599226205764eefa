using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <content>Who has taken part, from the ledger.</content>
internal sealed partial class RoundCoordinatorGrain
{
    /// <inheritdoc/>
    public async Task<ParticipationSummary> GetParticipationAsync()
    {
        var spec = await GrainFactory.GetGrain<IPopulation>(Spec.Population).GetSpecAsync();
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 1; round <= _state.State.Round; round++)
        {
            foreach (var device in await _log.ReadTrainedAsync(round))
            {
                times[device] = times.GetValueOrDefault(device) + 1;
            }
        }

        var shards = spec!.Shards;
        var groups = ActivityGroups.Of(await new CohortDraw(GrainFactory, Spec.Population, shards, DrawBasis.Made).HistogramAsync());
        var byShard = times.ToLookup(pair => DevicePosition.ShardOf(DevicePosition.Of(pair.Key), shards));
        var counts = await Task.WhenAll(Enumerable.Range(0, shards).Select(shard => GrainFactory
            .GetGrain<IActivityShard>(ShardKey.Of(Spec.Population, shard))
            .GetParticipationAsync(groups, new Dictionary<string, int>(byShard[shard], StringComparer.Ordinal))));
        var all = ParticipationCounts.Merge(counts);
        return new ParticipationSummary(
            all.Devices, NeverOf(all), all.Updates, all.Gini, [.. Enumerable.Range(0, groups.Count).Select(all.Only).Select(GroupOf)]);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<int>> GetRoundsOfAsync(string deviceId)
    {
        var rounds = ImmutableArray.CreateBuilder<int>();
        for (var round = 1; round <= _state.State.Round; round++)
        {
            if ((await _log.ReadTrainedAsync(round)).Contains(deviceId, StringComparer.Ordinal))
            {
                rounds.Add(round);
            }
        }

        return rounds.ToImmutable();
    }

    private static GroupParticipation GroupOf(ParticipationCounts counts) => new(counts.Devices, NeverOf(counts), counts.Updates);

    private static long NeverOf(ParticipationCounts counts) => counts.Steps.Where(step => step.Updates == 0).Sum(step => step.Devices);
}
