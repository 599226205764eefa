using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Devices;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Models;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Grains.Rounds;

/// <summary>Calls the devices of a slice, has its silo train them, and keeps the sum until it is accepted.</summary>
[RandomPlacement]
internal sealed partial class CohortSliceGrain(
    SliceSessions sessions,
    SiloSums sums,
    InputSums inputs,
    SumPool pool,
    TaskPrograms programs,
    CheckpointCache checkpoints,
    ILocalSiloDetails silo,
    SliceRetryOptions retry,
    TimeProvider time,
    ILogger<CohortSliceGrain> logger) : Grain, ICohortSlice
{
    private const int ElsewhereTriesMax = 20;

    private Task<SliceReport>? _run;
    private SliceSession? _session;
    private FixedPointSum? _sealed;
    private int? _input;
    private bool _isMerged;
    private bool _isAborted;

    public Task<SliceReport> RunAsync(SliceOrder order) => _run ??= RunOnceAsync(order);

    public Task<bool> MergeAsync(RoundKey round, SliceKey key, int generation)
    {
        if (_isMerged)
        {
            return Task.FromResult(true);
        }

        if (_sealed is not { } sum)
        {
            throw new InvalidOperationException($"The sum of slice {key} is gone: its activation is a new one, or it was aborted.");
        }

        _isMerged = _input is { } input
            ? inputs.Merge(round, generation, input, key.Slice, key.Attempt, sum)
            : sums.Merge(round, generation, key.Slice, key.Attempt, sum);
        pool.Return(sum);
        _sealed = null;
        DeactivateOnIdle();
        return Task.FromResult(_isMerged);
    }

    public async Task AbortAsync()
    {
        _isAborted = true;
        pool.Return(_sealed);
        _sealed = null;
        if (_session is not null)
        {
            await sessions.CloseAsync(_session.Key);
        }

        if (_run is not null)
        {
            // Without a run yet, the activation stays to remember that the one on its way must not start.
            DeactivateOnIdle();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_session is not null)
        {
            await sessions.CloseAsync(_session.Key);
        }
    }

    private async Task<SliceReport> RunOnceAsync(SliceOrder order)
    {
        _input = order.Input;
        var program = programs.Of(order.Key.Task, order.Task);
        var parameters = Checkpoint.Decode(await checkpoints.ReadAsync(order.Key.Task, order.Parameters));
        if (_isAborted)
        {
            return SliceReport.Aborted(silo.SiloAddress);
        }

        _session = await sessions.OpenAsync(order, program);
        try
        {
            if (_isAborted)
            {
                return SliceReport.Aborted(silo.SiloAddress);
            }

            using var deadline = new CancellationTokenSource(order.TimeLeft > TimeSpan.Zero ? order.TimeLeft : TimeSpan.Zero, time);
            await GatherAsync(order, _session, deadline.Token);
            return order.Key.Kind switch
            {
                SliceKind.Train => await TrainAsync(_session, parameters, deadline.Token),
                SliceKind.Recall => Recalled(_session),
                _ => await EvaluateAsync(_session, parameters, deadline.Token),
            };
        }
        finally
        {
            await sessions.CloseAsync(order.Key);
        }
    }

    private async Task<SliceReport> TrainAsync(SliceSession session, float[] parameters, CancellationToken deadline)
    {
        var sum = await session.TrainAsync(parameters, deadline);
        if (sum is null || _isAborted)
        {
            pool.Return(sum);
            return SliceReport.Aborted(silo.SiloAddress);
        }

        _sealed = sum;
        return Sealed(session);
    }

    private SliceReport Recalled(SliceSession session)
    {
        session.NoteRecalled();
        return Sealed(session);
    }

    private SliceReport Sealed(SliceSession session) => session.Aborted.IsCancellationRequested
        ? SliceReport.Aborted(silo.SiloAddress)
        : SliceReport.Sealed(silo.SiloAddress, session.Results, session.Scores, session.Fingerprints, session.Reports);

    private async Task<SliceReport> EvaluateAsync(SliceSession session, float[] parameters, CancellationToken deadline)
    {
        await session.EvaluateAsync(parameters, deadline);
        return Sealed(session);
    }

    private async Task GatherAsync(SliceOrder order, SliceSession session, CancellationToken deadline)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline, session.Aborted);
        var erased = order.Erased.ToImmutableHashSet();
        // A slice has at most 256 devices: calling all of them at once is the window.
        await Task.WhenAll(Enumerable.Range(0, order.Devices.Length).Select(async index =>
            session.Note(
                index,
                erased.Contains(index) ? DeviceOutcome.Erased
                : DropsOut(order, index) ? DeviceOutcome.DroppedOut
                : await CallAsync(order, index, stop.Token))));
    }

    private static bool DropsOut(SliceOrder order, int index) =>
        DropOut.Takes(order.DropOut, order.Task.Seed, order.Key.Round, DevicePosition.Of(order.Devices[index]));

    private async Task<DeviceOutcome> CallAsync(SliceOrder order, int index, CancellationToken stop)
    {
        var device = GrainFactory.GetGrain<IDeviceWork>(DeviceKey.Of(order.Task.Population, order.Devices[index]));
        var call = new ContributionCall(order.Key, index, silo.SiloAddress, order.Moment, order.Then);
        try
        {
            for (var tries = 0; tries < ElsewhereTriesMax; tries++)
            {
                switch (await AskAsync(device, call, stop))
                {
                    case ContributionAnswer.Declined:
                        return DeviceOutcome.Declined;
                    case ContributionAnswer.HandedOver or ContributionAnswer.SessionOver:
                        return DeviceOutcome.Late;
                }
            }

            LogElsewhere(order.Key, ElsewhereTriesMax);
            return DeviceOutcome.Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return DeviceOutcome.Late;
        }
        catch (Exception exception) when (exception is not (SiloUnavailableException or OrleansMessageRejectionException))
        {
            // One device's failure is its own outcome; that of its silo ends the attempt.
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
                PlacementHint.Set(silo.SiloAddress);
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
