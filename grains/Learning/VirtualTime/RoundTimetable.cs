using System.Collections.Immutable;

namespace Sheaf.Learning.VirtualTime;

/// <summary>Who answers when in a round by the virtual clock, and how long the round takes. A pure function of its arguments.</summary>
/// <param name="Fates">What becomes of each device, in the order in which they were given.</param>
/// <param name="Duration">From the start of the round to its end.</param>
public sealed record RoundTimetable(ImmutableArray<DeviceFate> Fates, TimeSpan Duration)
{
    /// <summary>Works a round out.</summary>
    /// <param name="devices">The devices that were selected.</param>
    /// <param name="profiles">What they are like.</param>
    /// <param name="terms">When the round starts, and when it ends.</param>
    /// <returns>
    /// Devices all begin with the round. Who leaves before its update has arrived never answers, nor does who drops out. The round ends when everybody has
    /// answered, or as many as it was to have, or at its deadline, whichever is first; who would have answered later is late. Of updates that arrive at
    /// the same moment those of smaller positions come first.
    /// </returns>
    public static RoundTimetable Plan(IReadOnlyList<TimedDevice> devices, IDeviceProfiles profiles, RoundTerms terms)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(profiles);
        ArgumentNullException.ThrowIfNull(terms);
        var fates = new DeviceFate[devices.Count];
        var answers = new List<(TimeSpan After, ulong Position, int At)>(devices.Count);
        for (var at = 0; at < fates.Length; at++)
        {
            var device = devices[at];
            var after = profiles.ProfileOf(device.Position).TimeFor(device.Load);
            // Who would be late anyway is not asked whether it stays until then.
            var isInTime = after <= terms.Deadline;
            fates[at] = device.DropsOut || (isInTime && !profiles.StaysOnline(device.Position, terms.Start, terms.Start + after)) ? DeviceFate.Leaves : DeviceFate.IsLate;
            if (fates[at] == DeviceFate.IsLate && isInTime)
            {
                answers.Add((after, device.Position, at));
            }
        }

        answers.Sort();
        var counted = Math.Min(answers.Count, terms.Enough ?? int.MaxValue);
        foreach (var (_, _, at) in answers.Take(counted))
        {
            fates[at] = DeviceFate.Answers;
        }

        // Nobody knows of a device that is gone for good, so the round waits for it as for a slow one.
        var endsEarly = counted > 0 && (counted == devices.Count || counted == terms.Enough);
        return new RoundTimetable([.. fates], endsEarly ? answers[counted - 1].After : terms.Deadline);
    }
}

/// <summary>A device of a round.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Load">What it has to do.</param>
/// <param name="DropsOut">Whether it gives no answer, however fast it is.</param>
public readonly record struct TimedDevice(ulong Position, DeviceLoad Load, bool DropsOut = false);

/// <summary>When a round starts and when it ends.</summary>
/// <param name="Start">When it starts by the virtual clock, at least 0.</param>
/// <param name="Deadline">How long it waits at most, above 0.</param>
/// <param name="Enough">With how many updates it ends before that; null when it waits for all.</param>
public sealed record RoundTerms(TimeSpan Start, TimeSpan Deadline, int? Enough);

/// <summary>What becomes of a device in a round.</summary>
public enum DeviceFate
{
    /// <summary>Its update arrives before the round ends.</summary>
    Answers,

    /// <summary>Its update would arrive after the round has ended.</summary>
    IsLate,

    /// <summary>It goes offline before its update has arrived, or drops out.</summary>
    Leaves,
}
