using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Grains.Rounds;

/// <content>Periods: waiting for their data, and scoring it before anybody trains on it or deletes it.</content>
internal sealed partial class RoundCoordinatorGrain
{
    // Whoever opens a period says so; looking again is for messages that were lost.
    private static readonly TimeSpan LookAgainPause = TimeSpan.FromSeconds(2);

    private readonly List<PeriodRecord> _periods = [];
    private TaskCompletionSource _nudge = NewSignal();
    private TaskCompletionSource _scored = NewSignal();
    private int _scoredPeriod = -1;
    private int _enteredPeriod = -1;

    /// <inheritdoc/>
    public async Task OpenPeriodAsync(int period)
    {
        EnsureLoop();
        await NudgeAsync();
        // A task that has ended or failed has nothing to score any more.
        while (IsRunning && Spec.Plan.Evaluation.Prequential && IsOfPlan(period) && _scoredPeriod < period)
        {
            if (_loop.IsCompleted)
            {
                throw new OrleansException($"The coordinator of task '{Name}' has moved. Ask again.");
            }

            await Task.WhenAny(_scored.Task, _loop);
        }
    }

    /// <inheritdoc/>
    public Task NudgeAsync()
    {
        EnsureLoop();
        Signal(ref _nudge);
        return Task.CompletedTask;
    }

    private static void Signal(ref TaskCompletionSource signal)
    {
        var told = signal;
        signal = NewSignal();
        told.SetResult();
    }

    private bool IsOfPlan(int period) => period >= Spec.Plan.FirstPeriod && period <= Spec.Plan.PeriodOf(Spec.Plan.RoundsInAll);

    /// <summary>Waits until the data of a round's period is there; before its first round the task scores it, if it does that.</summary>
    private async Task EnterPeriodAsync(int round)
    {
        var period = Spec.Plan.PeriodOf(round);
        if (period == _enteredPeriod)
        {
            return;
        }

        var moment = await WaitAsync(moment => moment.Period >= period);
        if (await _log.ReadPeriodAsync(period) is null)
        {
            var record = await ScoreNewAsync(period, round, moment.Period);
            await _log.WriteAsync(record);
            SheafMetrics.Count(Name, record);
        }

        _scoredPeriod = period;
        Signal(ref _scored);
        await WaitAsync(moment => moment.Period > period || moment.IsSettled);
        _enteredPeriod = period;
    }

    private async Task<PopulationMoment> WaitAsync(Func<PopulationMoment, bool> isReached)
    {
        _clock = new PhaseClock(_time);
        _clock.Enter(RoundPhase.Await);
        while (true)
        {
            var nudge = _nudge.Task;
            var moment = await GrainFactory.GetGrain<IPopulation>(Spec.Population).GetMomentAsync();
            if (isReached(moment))
            {
                return moment;
            }

            await Task.WhenAny(nudge, Task.Delay(LookAgainPause, _time, _stop.Token));
            _stop.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task<PeriodRecord> ScoreNewAsync(int period, int round, int reached)
    {
        if (!Spec.Plan.Evaluation.Prequential)
        {
            return new PeriodRecord(period, round, null, null, Repeatable: true);
        }

        if (reached > period)
        {
            // What was new is new no longer: devices may have deleted it.
            return new PeriodRecord(period, round, null, $"period {reached} had come before it could be scored", Repeatable: false);
        }

        var run = await NewRunAsync(round, new PhaseClock(_time));
        try
        {
            var score = await run.EvaluateAsync(_state.State.Checkpoint!, SliceKind.ScoreNew, _stop.Token);
            var isRepeatable = (score is null || run.Tally.IsRepeatable) && !_state.State.IsDisturbed;
            return new PeriodRecord(period, round, score, score is null ? "no device has any new example" : null, isRepeatable);
        }
        catch (RoundAbandonedException exception)
        {
            LogUnscored(exception, round, Name);
            return new PeriodRecord(period, round, null, exception.Message, Repeatable: false);
        }
    }

    private async Task<ImmutableArray<PeriodRecord>> PeriodsAsync()
    {
        if (!_state.RecordExists)
        {
            return [];
        }

        while (Spec.Plan.FirstPeriod + _periods.Count <= Spec.Plan.PeriodOf(_state.State.Round + 1)
            && await _log.ReadPeriodAsync(Spec.Plan.FirstPeriod + _periods.Count) is { } record)
        {
            if (record.Period == Spec.Plan.FirstPeriod + _periods.Count)
            {
                _periods.Add(record);
            }
        }

        // What was scored with a model that has been unlearnt since, no study gives again.
        var clean = _state.State.Unlearned.Select(record => record.CleanRound).Append(_state.State.Unlearning?.CleanRound ?? int.MaxValue).Min();
        return [.. _periods.Select(period => period.Round - 1 > clean ? period with { Repeatable = false } : period)];
    }
}
