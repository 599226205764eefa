using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;

namespace Sheaf.Grains.Populations;

/// <content>What devices may keep, and what is left of what they have deleted.</content>
internal sealed partial class PopulationGrain
{
    public async Task<PopulationTotals> AdvanceAsync(DateTimeOffset asOf)
    {
        if (View.Generator is not null)
        {
            throw new InvalidOperationException($"The time of the population '{Name}' is that of its generated periods. Open the next one instead.");
        }

        if (asOf > state.State.Time)
        {
            await StoreAsync(state.State.Period, asOf, state.State.SettledPeriod);
        }

        await SettleAsync();
        return await GetTotalsAsync();
    }

    public async Task SetRetentionAsync(RetentionSpec policy)
    {
        var (known, holding) = (state.State, View.Spec.Retention);
        if (policy != holding)
        {
            RetentionPolicies.EnsureUsable(policy, $"The population '{Name}'", holding.Version + 1);
            // What the policy so far does not allow is gone for good, whatever the next one says.
            await SettleAsync();
            var before = known.Retention;
            known.Past.Add(new PastRetention(holding, Moment));
            known.Retention = policy;
            try
            {
                await _writer.WriteAsync();
            }
            catch
            {
                known.Past.RemoveAt(known.Past.Count - 1);
                known.Retention = before;
                throw;
            }

            _view = null;
        }

        await AllTasksAsync(task => task.DisturbAsync());
        await SettleAsync();
    }

    public async Task<PurgeReport> PurgeAsync()
    {
        _ = View;
        var began = clock.GetUtcNow();
        var rewritten = await cleaner.RewriteAsync();
        var ended = clock.GetUtcNow();
        var completed = await Task.WhenAll(Enumerable.Range(0, View.Spec.Shards).Select(shard => Shard(shard).CompleteReceiptsAsync(began, ended)));
        return new PurgeReport(began, ended, completed.Sum(), rewritten.BytesBefore, rewritten.BytesAfter, rewritten.OutOfReach);
    }

    // What is new is scored before any of it is deleted: a period that is not settled yet is settled by whoever opened it.
    private async Task SettleAsync()
    {
        if (Moment.IsSettled)
        {
            await AllShardsAsync(shard => shard.SettleAsync(Moment));
        }
    }
}
