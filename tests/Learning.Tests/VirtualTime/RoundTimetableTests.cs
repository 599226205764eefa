using System.Collections.Immutable;
using CsCheck;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Learning.Tests.VirtualTime;

public sealed class RoundTimetableTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly RoundTerms Terms = new(TimeSpan.Zero, Deadline, Enough: null);

    // A device at position n takes n seconds: one example a second, and nothing to send.
    private static readonly TracedProfiles Always = Following(new TracedDevice(new DeviceProfile(1, 1, 1), []));

    [Fact]
    public void Plan_EverybodyInTime_EndsWithTheLast()
    {
        var plan = RoundTimetable.Plan(Taking(3, 9, 1), Always, Terms);

        Assert.Equal([DeviceFate.Answers, DeviceFate.Answers, DeviceFate.Answers], plan.Fates.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(9), plan.Duration);
    }

    [Fact]
    public void Plan_OneTooSlow_WaitsUntilTheDeadlineAndTakesWhoeverCameByThen()
    {
        var plan = RoundTimetable.Plan(Taking(3, 11, 10), Always, Terms);

        Assert.Equal([DeviceFate.Answers, DeviceFate.IsLate, DeviceFate.Answers], plan.Fates.ToArray());
        Assert.Equal(Deadline, plan.Duration);
    }

    [Fact]
    public void Plan_OneDropsOut_WaitsUntilTheDeadline()
    {
        var devices = Taking(3, 4);
        devices[1] = devices[1] with { DropsOut = true };

        var plan = RoundTimetable.Plan(devices, Always, Terms);

        Assert.Equal([DeviceFate.Answers, DeviceFate.Leaves], plan.Fates.ToArray());
        Assert.Equal(Deadline, plan.Duration);
    }

    [Fact]
    public void Plan_Enough_EndsWithThatManyAndTheOthersAreLate()
    {
        var plan = RoundTimetable.Plan(Taking(5, 2, 8, 4), Always, Terms with { Enough = 2 });

        Assert.Equal([DeviceFate.IsLate, DeviceFate.Answers, DeviceFate.IsLate, DeviceFate.Answers], plan.Fates.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(4), plan.Duration);
    }

    [Fact]
    public void Plan_NotEnoughByTheDeadline_WaitsForIt()
    {
        var plan = RoundTimetable.Plan(Taking(5, 12, 13), Always, Terms with { Enough = 2 });

        Assert.Equal([DeviceFate.Answers, DeviceFate.IsLate, DeviceFate.IsLate], plan.Fates.ToArray());
        Assert.Equal(Deadline, plan.Duration);
    }

    [Fact]
    public void Plan_GoesOfflineBeforeItsUpdateHasArrived_Leaves()
    {
        var early = Following(new TracedDevice(new DeviceProfile(1, 1, 1), [new OnlineSpan(TimeSpan.Zero, TimeSpan.FromSeconds(105))]));

        var plan = RoundTimetable.Plan(Taking(4, 6), early, Terms with { Start = TimeSpan.FromSeconds(100) });

        Assert.Equal([DeviceFate.Answers, DeviceFate.Leaves], plan.Fates.ToArray());
        Assert.Equal(Deadline, plan.Duration);
    }

    [Fact]
    public void Plan_Nobody_LastsUntilTheDeadline()
    {
        var plan = RoundTimetable.Plan([], Always, Terms with { Enough = 1 });

        Assert.Empty(plan.Fates);
        Assert.Equal(Deadline, plan.Duration);
    }

    [Fact]
    public void Plan_AnyRound_WhoAnswersCameBeforeWhoIsLateAndNobodyElseMatters() =>
        Gen.Select(Gen.Select(Gen.Int[0, 14], Gen.Bool).Array[0, 12], Gen.Int[1, 6].Nullable()).Sample((asked, enough) =>
        {
            var devices = asked.Select((device, at) => Taking(device.Item1)[0] with { Position = (ulong)at, DropsOut = device.Item2 }).ToArray();

            var plan = RoundTimetable.Plan(devices, Always, Terms with { Enough = enough });

            var answered = asked.Where((_, at) => plan.Fates[at] == DeviceFate.Answers).Select(device => device.Item1).ToArray();
            var inTime = asked.Where(device => !device.Item2 && device.Item1 <= 10).Select(device => device.Item1).Order().ToArray();
            Assert.Equal(inTime.Take(enough ?? int.MaxValue), answered.Order());
            Assert.All(asked.Zip(plan.Fates), pair => Assert.Equal(pair.First.Item2, pair.Second == DeviceFate.Leaves));
            var isOver = answered.Length > 0 && (answered.Length == asked.Length || answered.Length == enough);
            Assert.Equal(isOver ? TimeSpan.FromSeconds(answered.Max()) : Deadline, plan.Duration);
        });

    [Fact]
    public void TimeFor_Load_AddsDownloadTrainingAndUpload() =>
        Assert.Equal(TimeSpan.FromSeconds(5 + 3 + 20), new DeviceProfile(2, 100, 10).TimeFor(new DeviceLoad(500, 6, 200)));

    private static TimedDevice[] Taking(params int[] seconds) =>
        [.. seconds.Select((examples, at) => new TimedDevice((ulong)at, new DeviceLoad(0, examples, 0)))];

    private static TracedProfiles Following(params ImmutableArray<TracedDevice> devices) => new(1, TimeSpan.FromHours(1), devices);
}
