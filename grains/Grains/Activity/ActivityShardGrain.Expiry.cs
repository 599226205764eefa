using Microsoft.Extensions.Logging;
using Sheaf.Abstractions.Populations;

namespace Sheaf.Grains.Activity;

/// <content>What devices have to delete: they are told when it is time, also when nobody selects them.</content>
internal sealed partial class ActivityShardGrain
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _expiring = Task.CompletedTask;
    private TaskCompletionSource _sooner = new();
    private DateTimeOffset _awaited;
    private readonly Dictionary<string, long> _receiptNotes = new(StringComparer.Ordinal);
    private long _receiptNote;

    public async Task SettleAsync(PopulationMoment moment)
    {
        try
        {
            // The counts of generated devices are foretold, and what they may not keep they do not make again.
            if (_view.Generator is null)
            {
                await LearnAsync([.. state.State.Devices.Values.Where(counts => counts.IsDue(moment))], counts => Device(counts.DeviceId).ExpireAsync(moment));
            }
        }
        finally
        {
            // What some have answered is stored, whether others could be reached or not.
            await OpenAsync(moment);
        }
    }

    public async Task SeeCommitAsync(string task, int round, string[] deviceIds)
    {
        try
        {
            await AskAsync(deviceIds, id => Erasure(id).SeeCommitAsync(task, round), counts =>
            {
                if (counts is not null)
                {
                    Learn(counts);
                }
            });
        }
        finally
        {
            if (_hasLearned)
            {
                _table = null;
                await StoreAsync();
            }
        }
    }

    public async Task<int> CompleteReceiptsAsync(DateTimeOffset began, DateTimeOffset ended)
    {
        var completed = 0;
        try
        {
            await AskAsync(
                [.. state.State.OpenReceipts],
                async id => (Id: id, Note: _receiptNotes.GetValueOrDefault(id), Answer: await Erasure(id).CompleteReceiptsAsync(began, ended)),
                device =>
                {
                    completed += device.Answer.Completed;
                    // Who has erased again since it was asked has a receipt of which its answer does not know.
                    if (!device.Answer.IsAnyLeft && _receiptNotes.GetValueOrDefault(device.Id) == device.Note)
                    {
                        state.State.OpenReceipts.Remove(device.Id);
                        _receiptNotes.Remove(device.Id);
                    }
                });
        }
        finally
        {
            await StoreAsync();
        }

        return completed;
    }

    public Task WatchExpiriesAsync()
    {
        EnsureExpiring();
        return Task.CompletedTask;
    }

    private void EnsureExpiring()
    {
        if (_view.Spec.Clock == PopulationSpec.WallClock && _expiring.IsCompleted && !_stop.IsCancellationRequested)
        {
            _expiring = ExpireAsync();
        }
    }

    private void Await(DateTimeOffset? expiry)
    {
        if (expiry is not null)
        {
            EnsureExpiring();
        }

        if (expiry < _awaited)
        {
            _sooner.TrySetResult();
        }
    }

    /// <summary>Waits, beside the shard's calls, until something expires by the wall clock, and tells its devices; ends when nothing will.</summary>
    private async Task ExpireAsync()
    {
        var isLate = false;
        while (NextExpiryAfter(null) is { } next)
        {
            var now = clock.GetUtcNow();
            if (isLate || next > now)
            {
                // Who could not be reached is tried again after a pause; nobody else waits for that.
                var until = !isLate ? next : NextExpiryAfter(now) is { } other && other < now + RetryPause ? other : now + RetryPause;
                if (!await WaitAsync(until, until - now))
                {
                    return;
                }

                isLate = false;
                continue;
            }

            isLate = !await ExpireDueAsync() || NextExpiryAfter(null) <= now;
        }
    }

    private DateTimeOffset? NextExpiryAfter(DateTimeOffset? time) =>
        state.State.Devices.Values.Where(counts => time is null || counts.NextExpiry > time).Min(counts => counts.NextExpiry);

    private async Task<bool> WaitAsync(DateTimeOffset until, TimeSpan wait)
    {
        wait = wait < WaitMax ? wait : WaitMax;
        DelayDeactivation(wait + RetryPause);
        (_awaited, _sooner) = (until, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(Task.Delay(wait, clock, over.Token), _sooner.Task);
        await over.CancelAsync();
        _awaited = default;
        return !_stop.IsCancellationRequested;
    }

    private async Task<bool> ExpireDueAsync()
    {
        try
        {
            var moment = await GrainFactory.GetGrain<IPopulation>(_population).GetMomentAsync();
            // What is new is scored before the policy deletes of it, but for its age, which waits for nobody.
            var due = moment.IsSettled ? moment : moment with { Period = moment.Period - 1 };
            await GrainFactory.GetGrain<IActivityShard>(this.GetPrimaryKeyString()).SettleAsync(due);
            return true;
        }
        catch (Exception exception)
        {
            // The boundary of the loop: what cannot be deleted now is counted as overdue, and tried again.
            LogOverdue(exception, _shard, _population, RetryPause);
            return false;
        }
    }

    [LoggerMessage(156, LogLevel.Error, "Devices of shard {Shard} of population {Population} hold data past its expiry that could not be deleted; tried again in {Pause}.")]
    private partial void LogOverdue(Exception exception, int shard, string population, TimeSpan pause);
}
