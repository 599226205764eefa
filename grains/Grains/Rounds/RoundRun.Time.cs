using System.Collections.ObjectModel;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Training;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Rounds;

/// <content>The virtual clock: who of the cohort would answer when, and when the round is over by it.</content>
internal sealed partial class RoundRun
{
    // By the clock on the wall, only a silo that hangs keeps a round with a virtual clock from its end.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private long? _present;
    private RoundTimetable? _timetable;

    /// <summary>What the population's devices are like by the virtual clock; null without one.</summary>
    public IDeviceProfiles? Profiles { get; init; }

    /// <summary>When the round starts by the virtual clock.</summary>
    public TimeSpan Start { get; init; }

    /// <summary>How long it takes by the virtual clock; nothing without one, and of a round that is run again.</summary>
    public TimeSpan Duration => _timetable?.Duration ?? TimeSpan.Zero;

    /// <summary>When it was by the virtual clock; null without one.</summary>
    public RoundTime? Time => _timetable is { } timetable ? new RoundTime(Start.TotalSeconds, timetable.Duration.TotalSeconds, _present) : null;

    /// <summary>Who of the cohort gives no update, whatever its silo does; nobody when they score, and when a round is run again: who is asked again did
    /// answer then.</summary>
    private IReadOnlyDictionary<int, DeviceOutcome> Absent()
    {
        if (_then is not null)
        {
            return ReadOnlyDictionary<int, DeviceOutcome>.Empty;
        }

        var positions = Cohort.Select(device => DevicePosition.Of(device.DeviceId)).ToArray();
        var dropsOut = Array.ConvertAll(positions, position => DropOut.Takes(population.Behaviour?.DropOut ?? 0, task.Seed, key.Round, position));
        if (Profiles is null)
        {
            return Enumerable.Range(0, positions.Length).Where(at => dropsOut[at]).ToDictionary(at => at, _ => DeviceOutcome.DroppedOut);
        }

        var bytes = program.Architecture.ParameterCount * (long)sizeof(float);
        var enough = task.Plan.Closing == PlanSpec.ClosesWithCohort ? task.Plan.Cohort : (int?)null;
        _timetable = RoundTimetable.Plan(
            [.. positions.Select((position, at) => new TimedDevice(
                position, new DeviceLoad(bytes, LocalSchedule.ExamplesOf(Cohort[at].Activity, program.Local), bytes), dropsOut[at]))],
            Profiles,
            new RoundTerms(Start, task.Plan.Deadline, enough));
        return Enumerable.Range(0, positions.Length).Where(at => _timetable.Fates[at] != DeviceFate.Answers).ToDictionary(
            at => at, at => _timetable.Fates[at] == DeviceFate.Leaves ? DeviceOutcome.DroppedOut : DeviceOutcome.AfterTheEnd);
    }
}
