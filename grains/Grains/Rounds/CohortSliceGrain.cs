using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Sheaf.Grains.Models;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Grains.Rounds;

/// <summary>Calls the devices of a slice, has its silo train them, and keeps the sum until it is accepted.</summary>
[RandomPlacement]
internal sealed class CohortSliceGrain(
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
            await new DeviceCalls(GrainFactory, order, _session, silo.SiloAddress, retry, time, logger).GatherAsync(deadline.Token);
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
}
