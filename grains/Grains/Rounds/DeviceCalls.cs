using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>Calls the devices of a slice until each has handed over or said why not. Used from its slice's turns only.</summary>
/// <remarks>
/// A device trains for one task at a time. Slices of several tasks that want the same devices must not wait for one another in a circle: of two that are
/// still gathering, the one whose task has the later name lets go of everything and begins anew (Rosenkrantz, Stearns and Lewis, "System level concurrency
/// control for distributed database systems", 1978: wait-die). Nobody gives up, so that what each task computes does not depend on the others.
/// </remarks>
internal sealed partial class DeviceCalls(
    IGrainFactory grains,
    SliceOrder order,
    SliceSession session,
    SiloAddress silo,
    SliceRetryOptions retry,
    TimeProvider time,
    DeviceSpans spans,
    ILogger logger)
{
    private const int ElsewhereTriesMax = 20;

    private readonly ImmutableHashSet<int> _erased = [.. order.Erased];
    private readonly Dictionary<int, DeviceOutcome> _absent = order.Absent.ToDictionary(device => device.Index, device => device.Outcome);

    /// <summary>What spans of devices are a part of, in the form of <c>traceparent</c>; null when nobody listens.</summary>
    public string? Trace { get; init; }

    /// <summary>Calls all devices and notes what became of each.</summary>
    /// <param name="deadline">Who has not answered by then is late.</param>
    /// <returns>When every device has an outcome.</returns>
    public async Task GatherAsync(CancellationToken deadline)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline, session.Aborted);
        while (!await TryGatherAsync(stop.Token))
        {
            session.LetGo();
            await Task.Delay(retry.BusyPause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task<bool> TryGatherAsync(CancellationToken stop)
    {
        using var yielding = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // A slice has at most 256 devices: calling all of them at once is the window.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, order.Devices.Length).Select(index => OutcomeAsync(index, yielding, stop)));
        if (yielding.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return false;
        }

        for (var index = 0; index < outcomes.Length; index++)
        {
            session.Note(index, outcomes[index]);
        }

        return true;
    }

    private async Task<DeviceOutcome> OutcomeAsync(int index, CancellationTokenSource yielding, CancellationToken stop) =>
        _erased.Contains(index) ? DeviceOutcome.Erased
        : stop.IsCancellationRequested ? DeviceOutcome.Late
        : _absent.TryGetValue(index, out var outcome) ? outcome
        : await CallAsync(index, yielding, stop);

    private async Task<DeviceOutcome> CallAsync(int index, CancellationTokenSource yielding, CancellationToken stop)
    {
        var device = grains.GetGrain<IDeviceWork>(DeviceKey.Of(order.Task.Population, order.Devices[index]));
        var call = new ContributionCall(order.Key, index, silo, order.Moment, order.Then);
        using var span = spans.Start(order.Task.Seed, order.Devices[index], Trace);
        try
        {
            for (var tries = 0; tries < ElsewhereTriesMax;)
            {
                var answer = await AskAsync(device, call, stop);
                span?.SetTag("sheaf.answer", answer.ToString());
                switch (answer)
                {
                    case ContributionAnswer.Declined:
                        return DeviceOutcome.Declined;
                    case ContributionAnswer.HandedOver or ContributionAnswer.SessionOver:
                        return DeviceOutcome.Late;
                    case ContributionAnswer.Elsewhere:
                        tries++;
                        break;
                    case ContributionAnswer.Busy:
                        await Task.Delay(retry.BusyPause, time, yielding.Token);
                        break;
                    case ContributionAnswer.Yield:
                        await yielding.CancelAsync();
                        return DeviceOutcome.Late;
                }
            }

            LogElsewhere(order.Key, ElsewhereTriesMax);
            return DeviceOutcome.Failed;
        }
        catch (OperationCanceledException) when (yielding.IsCancellationRequested)
        {
            return DeviceOutcome.Late;
        }
        catch (Exception exception) when (exception is not (SiloUnavailableException or OrleansMessageRejectionException))
        {
            // One device's failure is its own outcome; that of its silo ends the attempt.
            span.Fail(exception.GetType().Name);
            LogFailed(exception, order.Key);
            return DeviceOutcome.Failed;
        }
    }

    /// <summary>Calls a device. That the storage cannot be read is not the device's failure: it is asked again when that may be over.</summary>
    private async Task<ContributionAnswer> AskAsync(IDeviceWork device, ContributionCall call, CancellationToken stop)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                // A device that wakes for this call wakes here, whichever silo finds out that it must.
                PlacementHint.Set(silo);
                return await device.ContributeAsync(call).WaitAsync(stop);
            }
            catch (Exception exception) when (failures < retry.LossesMax && StorageFailedException.In(exception) is { IsPassing: true })
            {
                await Task.Delay(retry.PauseAfter(failures), time, stop);
            }
        }
    }

    [LoggerMessage(101, LogLevel.Warning, "A device of slice {Slice} failed; the round goes on without it.")]
    private partial void LogFailed(Exception exception, SliceKey slice);

    [LoggerMessage(102, LogLevel.Warning, "A device of slice {Slice} was still on another silo after {Tries} calls; the round goes on without it.")]
    private partial void LogElsewhere(SliceKey slice, int tries);
}
