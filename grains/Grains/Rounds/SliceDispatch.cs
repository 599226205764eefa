using System.Collections.Immutable;
using System.Collections.ObjectModel;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Carries a ledger from planned to complete: dispatches slices, takes their reports, does what the ledger asks. Used from the turns of
/// one coordinator only.
/// </summary>
internal sealed partial class SliceDispatch
{
    private const int RunningMax = 256;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(10);

    private readonly IGrainFactory _grains;
    private readonly SliceOrder _template;
    private readonly ImmutableArray<string> _cohort;
    private readonly ImmutableArray<double> _inverseInclusions;
    private readonly TimeProvider _time;
    private readonly SliceRetryOptions _retry;
    private readonly ILogger _logger;
    private readonly SliceReport?[] _reports;
    private readonly ImmutableArray<int> _inputs = [];
    private readonly HashSet<Task> _running = [];
    private readonly HashSet<Task> _clearing = [];
    private TaskCompletionSource _changed = NewSignal();
    private readonly Dictionary<int, int> _losses = [];
    private Exception? _lastLoss;

    /// <summary>Plans the dispatch of a cohort, or goes on with one.</summary>
    /// <param name="grains">Finds slices and sums.</param>
    /// <param name="template">What all slices have in common.</param>
    /// <param name="cohort">The cohort, sorted by id.</param>
    /// <param name="retry">How hard to try.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Says what was lost.</param>
    /// <param name="snapshot">How far another coordinator has come; null when nobody has begun.</param>
    /// <param name="inputs">For each device of the cohort, the input of the task's rule that it is a part of; null when all become one sum.</param>
    public SliceDispatch(
        IGrainFactory grains,
        SliceOrder template,
        IReadOnlyList<DrawnDevice> cohort,
        SliceRetryOptions retry,
        TimeProvider time,
        ILogger logger,
        RoundSnapshot? snapshot = null,
        IReadOnlyList<int>? inputs = null)
    {
        (_grains, _template, _retry, _time, _logger) = (grains, template, retry, time, logger);
        _cohort = [.. cohort.Select(device => device.DeviceId)];
        _inverseInclusions = [.. cohort.Select(device => template.Key.IsEvaluation ? 1 / device.Inclusion : device.InverseInclusion)];
        string[] silos = [.. cohort.Select(device => device.Silo)];
        if (inputs is null)
        {
            Ledger = snapshot?.Resume() ?? RoundLedger.Plan(SlicePlanner.Plan(silos));
        }
        else
        {
            var planned = SlicePlanner.Plan(inputs, silos);
            Ledger = RoundLedger.Plan(planned.Select(slice => slice.Slice));
            _inputs = [.. planned.Select(slice => slice.Group)];
        }

        _reports = snapshot?.Slices.Select(slice => slice.Report).ToArray() ?? new SliceReport?[Ledger.Slices.Length];
        Stored = snapshot?.Stored.ToDictionary(stored => stored.Key) ?? [];
    }

    /// <summary>Where a slice runs that is planned for a silo; null where it is planned.</summary>
    public Func<SiloAddress, SiloAddress>? Homes { get; init; }

    /// <summary>The devices that are not called and what becomes of them, by their index in the cohort.</summary>
    public IReadOnlyDictionary<int, DeviceOutcome> Absent { get; init; } = ReadOnlyDictionary<int, DeviceOutcome>.Empty;

    /// <summary>Says what spans of slices are a part of.</summary>
    public Func<string?> Trace { get; init; } = () => null;

    /// <summary>How far the slices are.</summary>
    public RoundLedger Ledger { get; private set; }

    /// <summary>The reports of the merged slices, once the ledger is complete.</summary>
    public IEnumerable<SliceReport> Reports => _reports.Select(report => report!);

    /// <summary>How many inputs the rule gets, once the ledger is complete; 1 when all slices become one sum.</summary>
    public int Inputs => _inputs.IsEmpty
        ? 1
        : _inputs.Where((_, slice) => _reports[slice]!.Outcomes.Contains(DeviceOutcome.Done)).Distinct().Count();

    /// <summary>Runs slices until the ledger is complete. Can be called again after sums were lost.</summary>
    /// <param name="cancellationToken">Stops dispatching; what runs is aborted.</param>
    /// <returns>When every slice is merged.</returns>
    /// <exception cref="RoundAbandonedException">A slice was lost too often.</exception>
    /// <exception cref="StorageFailedException">A slice was lost too often, at last to the storage.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!Ledger.IsComplete)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_losses.Values.Any(losses => losses >= _retry.LossesMax))
                {
                    // A storage that fails is no reason to give the cohort up: once it is mended, the same round is run.
                    throw StorageFailedException.In(_lastLoss)
                        ?? (Exception)new RoundAbandonedException($"a slice was lost {_retry.LossesMax} times, at last because: {_lastLoss?.Message}");
                }

                foreach (var slice in Ledger.Pending.Take(RunningMax - _running.Count).ToArray())
                {
                    _running.Add(RunAsync(slice, Ledger.Slices[slice].Attempt));
                }

                _changed = NewSignal();
                await Task.WhenAny([.. _running, _changed.Task]).WaitAsync(cancellationToken);
                _running.RemoveWhere(task => task.IsCompleted);
            }
        }
        catch
        {
            await AbortRunningAsync();
            throw;
        }
    }

    /// <summary>Whether a device is in the cohort.</summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>True when it is.</returns>
    public bool Has(string deviceId) => _cohort.BinarySearch(deviceId, StringComparer.Ordinal) >= 0;

    /// <summary>Takes a device out.</summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>Whether it was in the cohort. What was computed with it is gone when this returns.</returns>
    public async Task<bool> EraseAsync(string deviceId)
    {
        var index = _cohort.BinarySearch(deviceId, StringComparer.Ordinal);
        if (index < 0)
        {
            return false;
        }

        await ApplyAsync(new RoundEvent.DeviceErased(index));
        // What an earlier event has cleared away may have held the device, too, and may still be on its way out.
        await Task.WhenAll(_clearing);
        return true;
    }

    /// <summary>Begins the commit, if the ledger is complete.</summary>
    /// <returns>Whether it has begun.</returns>
    public bool TryBeginCommit()
    {
        Ledger = Ledger.Apply(new RoundEvent.CommitBegun(), out _);
        return Ledger.IsCommitting;
    }

    /// <summary>Takes the commit back.</summary>
    public void RetractCommit() => Ledger = Ledger.Apply(new RoundEvent.CommitRetracted(), out _);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(int slice, int attempt)
    {
        await ApplyAsync(new RoundEvent.SliceDispatched(slice, attempt));
        var entry = Ledger.Slices[slice];
        var grain = Slice(slice, attempt, entry.Silo);
        try
        {
            var report = await grain.RunAsync(_template with
            {
                Key = KeyOf(slice, attempt),
                Trace = Trace(),
                Devices = [.. entry.Devices.Select(device => _cohort[device])],
                Input = _inputs.IsEmpty ? null : _inputs[slice],
                InverseInclusions = [.. entry.Devices.Select(device => _inverseInclusions[device])],
                Erased = [.. entry.Devices.Select((device, at) => (device, at)).Where(pair => Ledger.Erased.Contains(pair.device)).Select(pair => pair.at)],
                Absent = [.. entry.Devices.Select((device, at) => (device, at)).Where(pair => Absent.ContainsKey(pair.device)).Select(pair => new AbsentDevice(pair.at, Absent[pair.device]))],
            }).WaitAsync(_template.TimeLeft + AnswerTime, _time);
            if (Ledger.Slices[slice].Attempt != attempt)
            {
                return;
            }

            if (report.IsAborted)
            {
                throw new SiloUnavailableException($"Silo {report.Silo} stopped the slice.");
            }

            _reports[slice] = report;
            await ApplyAsync(new RoundEvent.SliceSealed(slice, attempt, report.Silo.ToParsableString()));
        }
        catch (Exception) when (Ledger.Slices[slice].Attempt != attempt)
        {
            // Another attempt counts by now; how this one ended is of no interest.
        }
        catch (Exception exception)
        {
            // The boundary of an attempt: whatever ended it, another one is made, later and perhaps elsewhere, and after a few the round is
            // abandoned with the reason.
            LogSliceLost(exception, KeyOf(slice, attempt));
            _lastLoss = exception;
            var losses = _losses[slice] = _losses.GetValueOrDefault(slice) + 1;
            await Task.Delay(_retry.PauseAfter(losses), _time);
            await ApplyAsync(new RoundEvent.SliceLost(slice, attempt));
        }
    }

    private async Task ApplyAsync(RoundEvent happened)
    {
        Ledger = Ledger.Apply(happened, out var effects);
        foreach (var effect in effects.OfType<RoundEffect.DeleteStored>())
        {
            Discard(effect.Sum);
        }

        if (!effects.IsEmpty)
        {
            // What became pending does not wait for what is cleared away.
            _changed.TrySetResult();
            await Task.WhenAll(effects.Select(DoAsync));
        }
    }

    private async Task DoAsync(RoundEffect effect)
    {
        switch (effect)
        {
            case RoundEffect.Merge(var slice, var attempt, var generation):
                var merged = _template.Key.IsEvaluation
                    || await Slice(slice, attempt, Ledger.Slices[slice].Silo).MergeAsync(_template.Key.RoundKey, KeyOf(slice, attempt), generation);
                await ApplyAsync(
                    merged ? new RoundEvent.SliceMerged(slice, attempt) : throw new InvalidOperationException("Its silo collects a newer sum."));
                break;
            case RoundEffect.Abort(var slice, var attempt):
                await ClearAsync(Slice(slice, attempt, Ledger.Slices[slice].Silo).AbortAsync());
                break;
            case RoundEffect.DropSiloSum(var silo, var generation) when !_template.Key.IsEvaluation:
                PlacementHint.Set(SiloAddress.FromParsableString(silo));
                await ClearAsync(
                    _grains.GetGrain<ISiloSum>(ISiloSum.KeyOf(_template.Key.RoundKey, silo, generation)).DropAsync(_template.Key.RoundKey, silo, generation));
                break;
        }
    }

    private async Task ClearAsync(Task call)
    {
        var clearing = IgnoringTheDeadAsync(call);
        _clearing.Add(clearing);
        try
        {
            await clearing;
        }
        finally
        {
            _clearing.Remove(clearing);
        }
    }

    // What a silo held is gone with the silo; generations and attempts keep what it still sends from counting.
    private async Task IgnoringTheDeadAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (OrleansException exception)
        {
            LogUnreachable(exception, _template.Key.Round);
        }
    }

    private Task AbortRunningAsync() => Task.WhenAll(Enumerable.Range(0, Ledger.Slices.Length)
        .Where(slice => Ledger.Slices[slice].Status is SliceStatus.Running or SliceStatus.Accepted)
        .Select(slice => IgnoringTheDeadAsync(Slice(slice, Ledger.Slices[slice].Attempt, Ledger.Slices[slice].Silo).AbortAsync())));

    private SliceKey KeyOf(int slice, int attempt) => _template.Key with { Slice = slice, Attempt = attempt };

    private ICohortSlice Slice(int slice, int attempt, string silo)
    {
        var planned = SiloAddress.FromParsableString(silo);
        PlacementHint.Set(Homes?.Invoke(planned) ?? planned);
        return _grains.GetGrain<ICohortSlice>(KeyOf(slice, attempt).ToString());
    }
}
