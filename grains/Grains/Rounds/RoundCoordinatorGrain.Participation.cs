using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Telemetry;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <content>Who has taken part, from the ledger.</content>
internal sealed partial class RoundCoordinatorGrain
{
    // How often each device has given an update, up to a round: so that telling of it again reads only the rounds since.
    private readonly Dictionary<string, int> _given = new(StringComparer.Ordinal);
    private int _givenRound;

    /// <inheritdoc/>
    public async Task<ParticipationSummary> GetParticipationAsync()
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        await CountAsync(times, 1, _state.State.Round);
        return await SummarizeAsync(times);
    }

    /// <summary>Tells of participation by metrics, when somebody listens. What is told must not stop a round.</summary>
    private async Task TellParticipationAsync()
    {
        if (!SheafMetrics.TellsParticipation)
        {
            return;
        }

        try
        {
            if (_state.State.Round <= _givenRound)
            {
                // Unlearning has taken the task back.
                ForgetGiven();
            }

            await CountAsync(_given, _givenRound + 1, _state.State.Round);
            _givenRound = _state.State.Round;
            SheafMetrics.Tell(Name, await SummarizeAsync(_given));
        }
        catch (Exception exception) when (exception is not SupersededException)
        {
            LogUntold(exception, Name);
            ForgetGiven();
        }
    }

    /// <summary>Counts again from the first round on: rounds were run again.</summary>
    private void ForgetGiven()
    {
        _given.Clear();
        _givenRound = 0;
    }

    private async Task CountAsync(Dictionary<string, int> times, int first, int last)
    {
        for (var round = first; round <= last; round++)
        {
            foreach (var device in await _log.ReadTrainedAsync(round))
            {
                times[device] = times.GetValueOrDefault(device) + 1;
            }
        }
    }

    private async Task<ParticipationSummary> SummarizeAsync(Dictionary<string, int> times)
    {
        var shards = (await GrainFactory.GetGrain<IPopulation>(Spec.Population).GetSpecAsync())!.Shards;
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
    public Task<ImmutableArray<int>> GetRoundsOfAsync(string deviceId) => _log.ReadRoundsOfAsync(deviceId, _state.State.Round);

    private static GroupParticipation GroupOf(ParticipationCounts counts) => new(counts.Devices, NeverOf(counts), counts.Updates);

    private static long NeverOf(ParticipationCounts counts) => counts.Steps.Where(step => step.Updates == 0).Sum(step => step.Devices);

    [LoggerMessage(163, LogLevel.Warning, "Who took part in the rounds of task {Task} could not be counted for its metrics.")]
    private partial void LogUntold(Exception exception, string task);
}
