using System.Diagnostics;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;
using Span = System.Diagnostics.Activity;

namespace Sheaf.Grains.Telemetry;

/// <summary>A round as a trace: <c>round</c>, and below it its phases. Used from its coordinator's turns only.</summary>
internal sealed class RoundTrace : IDisposable
{
    private readonly string _task;
    private readonly Span? _round;
    private Span? _phase;

    private RoundTrace(string task, Span? round) => (_task, _round) = (task, round);

    /// <summary>A round that nobody traces.</summary>
    public static RoundTrace None { get; } = new("", null);

    /// <summary>The round's span, as its successor's link names it; null when nobody listens.</summary>
    public ActivityContext? Context => _round?.Context;

    /// <summary>The parent of what is done now, in the form of <c>traceparent</c>; null when nobody listens.</summary>
    public string? Parent => (_phase ?? _round)?.Id;

    /// <summary>Begins a round's trace.</summary>
    /// <param name="key">The round.</param>
    /// <param name="plan">The task's plan.</param>
    /// <param name="before">The round before it, to which it is linked; null when that is not known.</param>
    /// <returns>The trace.</returns>
    public static RoundTrace Begin(RoundKey key, PlanSpec plan, ActivityContext? before)
    {
        var round = SheafTelemetry.Start("round", null, before is { } context ? [new ActivityLink(context)] : []);
        round?.SetTag("sheaf.task", key.Task).SetTag("sheaf.round", key.Round).SetTag("sheaf.epoch", key.Epoch)
            .SetTag("sheaf.cohort.wanted", plan.Selected).SetTag("sheaf.accelerator", plan.Accelerator);
        RoundTraces.Set(key.Task, round?.Context);
        return new RoundTrace(key.Task, round);
    }

    /// <summary>Ends the phase under way and begins another.</summary>
    /// <param name="phase">The next phase.</param>
    public void Enter(RoundPhase phase)
    {
        var name = phase.ToString().ToLowerInvariant();
        if (_round is null || _phase?.OperationName == name)
        {
            return;
        }

        _phase?.Dispose();
        _phase = phase == RoundPhase.Idle ? null : SheafTelemetry.Start(name, _round.Id);
    }

    /// <summary>Says how the round ended.</summary>
    /// <param name="record">Its record.</param>
    public void Describe(RoundRecord record)
    {
        if (_round is null)
        {
            return;
        }

        _round.SetTag("sheaf.cohort.size", record.Cohort).SetTag("sheaf.examples", record.Examples).SetTag("sheaf.update.bytes", record.UpdateBytes)
            .SetTag("sheaf.checkpoint", record.Checkpoint).SetTag("sheaf.attempts", record.Attempts).SetTag("sheaf.period", record.Period);
        foreach (var (outcome, devices) in record.Outcomes.ByName().Where(each => each.Devices > 0))
        {
            _round.SetTag($"sheaf.devices.{outcome}", devices);
        }

        if (record.Evaluation is { } score)
        {
            _round.SetTag("sheaf.accuracy", score.Accuracy).SetTag("sheaf.loss", score.Loss);
        }

        if (record.Abandoned is { } reason)
        {
            _round.Fail(reason);
        }
    }

    /// <summary>Says that the round ended by an exception.</summary>
    /// <param name="exception">The exception.</param>
    public void Fail(Exception exception) => (_phase ?? _round).Fail(exception.Message);

    /// <inheritdoc/>
    public void Dispose()
    {
        RoundTraces.Remove(_task, _round?.Context);
        _phase?.Dispose();
        _round?.Dispose();
        _phase = null;
    }
}
