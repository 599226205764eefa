using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Grains.Rounds;

/// <summary>Measures the phases of one round.</summary>
/// <param name="time">The clock.</param>
internal sealed class PhaseClock(TimeProvider time)
{
    private readonly SortedDictionary<RoundPhase, double> _seconds = [];
    private long _since = time.GetTimestamp();

    /// <summary>What traces the round.</summary>
    public RoundTrace Trace { get; set; } = RoundTrace.None;

    /// <summary>The phase under way.</summary>
    public RoundPhase Phase { get; private set; }

    /// <summary>Seconds spent in each phase that has ended.</summary>
    public ImmutableSortedDictionary<RoundPhase, double> Seconds => _seconds.ToImmutableSortedDictionary();

    /// <summary>Ends the phase under way and begins another.</summary>
    /// <param name="phase">The next phase.</param>
    public void Enter(RoundPhase phase)
    {
        if (Phase != RoundPhase.Idle)
        {
            _seconds[Phase] = _seconds.GetValueOrDefault(Phase) + time.GetElapsedTime(_since).TotalSeconds;
        }

        (Phase, _since) = (phase, time.GetTimestamp());
        Trace.Enter(phase);
    }
}
