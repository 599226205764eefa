using Microsoft.Extensions.Logging;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Activity;

namespace Sheaf.Grains.Populations;

/// <summary>Wakes the shards of populations that go by the wall clock when a silo starts, and when another is gone on which some of them may have
/// lived: what expires there must not wait until somebody asks for it.</summary>
internal sealed partial class ExpiryGuardian(
    IClusterMembershipService membership, IGrainFactory grains, TimeProvider clock, ILogger<ExpiryGuardian> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private Task _watch = Task.CompletedTask;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(ExpiryGuardian),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _watch = WatchAsync();
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _stop.CancelAsync();
            await _watch;
        });

    private async Task WatchAsync()
    {
        var (isFirst, gone) = (true, new HashSet<SiloAddress>());
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stop.Token))
            {
                var known = gone.Count;
                gone.UnionWith(snapshot.Members.Values
                    .Where(member => member.Status is SiloStatus.Dead or SiloStatus.ShuttingDown or SiloStatus.Stopping)
                    .Select(member => member.SiloAddress));
                if (isFirst || gone.Count > known)
                {
                    isFirst = false;
                    await WakeAsync();
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The silo stops, and with it whatever was asked.
        }
    }

    private async Task WakeAsync()
    {
        while (true)
        {
            try
            {
                await Task.WhenAll((await grains.GetGrain<IWallClocks>(0).GetAsync()).Select(WakeAsync)).WaitAsync(_stop.Token);
                return;
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                // The boundary of the watch: what could not be woken is tried again until it is awake.
                LogAsleep(exception, RetryPause);
                await Task.Delay(RetryPause, clock, _stop.Token);
            }
        }
    }

    private async Task WakeAsync(string population)
    {
        if (await grains.GetGrain<IPopulation>(population).GetSpecAsync() is { } spec)
        {
            await Task.WhenAll(Enumerable.Range(0, spec.Shards)
                .Select(shard => grains.GetGrain<IActivityShard>(ShardKey.Of(population, shard)).WatchExpiriesAsync()));
        }
    }

    [LoggerMessage(155, LogLevel.Warning, "Shards of populations by the wall clock could not be woken; they are tried again in {Pause}.")]
    private partial void LogAsleep(Exception exception, TimeSpan pause);
}
