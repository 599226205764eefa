using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Sheaf.Grains.Models;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;
using Span = System.Diagnostics.Activity;

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
    DeviceSpans spans,
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
        var began = time.GetTimestamp();
        using var span = SheafTelemetry.Start("slice", order.Trace)?.SetTag("sheaf.silo", silo.Name).SetTag("sheaf.slice", order.Key.Slice)
            .SetTag("sheaf.attempt", order.Key.Attempt).SetTag("sheaf.devices", order.Devices.Length);
        try
        {
            var report = await RunAsync(order, span);
            if (report.IsAborted)
            {
                span.Fail("It was stopped.");
            }

            return report;
        }
        catch (Exception exception)
        {
            span.Fail(exception.Message);
            throw;
        }
        finally
        {
            SheafMetrics.CountSlice(order.Key, time.GetElapsedTime(began));
        }
    }

    private async Task<SliceReport> RunAsync(SliceOrder order, Span? span)
    {
        _input = order.Input;
        var program = programs.Of(order.Key.Task, order.Task);
        // Waiting for a turn is part of the round's time.
        using var deadline = new CancellationTokenSource(order.TimeLeft > TimeSpan.Zero ? order.TimeLeft : TimeSpan.Zero, time);
        using var turn = await sessions.TakeTurnAsync(program, order.Key.Task);
        var parameters = turn is null || _isAborted ? [] : await checkpoints.ReadParametersAsync(order.Key.Task, order.Parameters);
        if (turn is null || _isAborted)
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

            using (var gather = SheafTelemetry.Start("gather", span?.Id))
            {
                await new DeviceCalls(GrainFactory, order, _session, silo.SiloAddress, retry, time, spans, logger) { Trace = gather?.Id }.GatherAsync(deadline.Token);
            }

            using var compute = SheafTelemetry.Start("compute", span?.Id);
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
        : SliceReport.Sealed(silo.SiloAddress, session.Results, session.Scores, session.Fingerprints, session.Reports, session.IsAccelerated);

    private async Task<SliceReport> EvaluateAsync(SliceSession session, float[] parameters, CancellationToken deadline)
    {
        await session.EvaluateAsync(parameters, deadline);
        return Sealed(session);
    }
}
