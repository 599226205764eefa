using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Tests;

/// <summary>Rounds by a virtual clock: who is online is selected, who is slow is late, and time passes as the devices' work says.</summary>
[Collection(Clusters.Name)]
public sealed class VirtualTimeTests(SharedClusters shared)
{
    private const double DeadlineSeconds = 20;

    // Half of the devices are online at a time; a device of eight examples takes about four seconds, one in ten more than twenty.
    private static readonly ProfilesSpec Profiles = new(
        Seed: 5, ExamplesPerSecond: 2, ComputeSpread: 1, DownloadPerSecond: 1e6, UploadPerSecond: 1e6, NetworkSpread: 0, Swing: 1, PeakHour: 0, ZoneHours: 0,
        Session: TimeSpan.FromSeconds(60));

    private static readonly PopulationSpec Population = TinyStudy.Population() with { Behaviour = new BehaviourSpec(0.5, 0.1, Profiles) };

    [Theory]
    [InlineData(PlanSpec.ClosesWithAll)]
    [InlineData(PlanSpec.ClosesWithCohort)]
    public async Task Run_OnThreeSilos_SameRecordsAndTimesAsOnOne(string closing)
    {
        var spec = TaskOf($"clock-{closing}", 950, closing);

        var one = await shared.One.RunAsync(spec.Population, spec, Population);
        var three = await shared.Three.RunAsync(spec.Population, spec, Population);

        Assert.Equal(TinyStudy.Comparable(one), TinyStudy.Comparable(three));
        Assert.All(one, record => Assert.True(record.Repeatable));
    }

    [Theory]
    [InlineData(PlanSpec.ClosesWithAll)]
    [InlineData(PlanSpec.ClosesWithCohort)]
    public async Task Run_EveryRound_IsThatOfItsTimetableAndBeginsWhenTheLastEnded(string closing)
    {
        const ulong Seed = 951;
        var (name, start) = ($"timetable-{closing}", TimeSpan.Zero);
        var records = await shared.One.RunAsync(name, TaskOf(name, Seed, closing), Population);
        var profiles = DeviceProfiles.Of(Population.Behaviour)!;

        var loop = new BareLoop(Seed);
        foreach (var record in records)
        {
            var devices = (await shared.One.CohortAsync(name, record.Round)).Devices;
            var plan = RoundTimetable.Plan([.. devices.Select(device => Timed(device, Seed, record.Round))], profiles, Terms(start, closing));
            var answering = devices.Where((_, at) => plan.Fates[at] == DeviceFate.Answers).ToArray();

            Assert.All(devices, device => Assert.True(profiles.IsOnline(DevicePosition.Of(device), start)));
            Assert.Equal(
                new DeviceOutcomes(answering.Length, 0, 0, plan.Fates.Count(fate => fate == DeviceFate.IsLate), 0, 0, 0, plan.Fates.Count(fate => fate == DeviceFate.Leaves)),
                record.Outcomes);
            Assert.Equal(loop.Round(record.Round, answering), record.Checkpoint);
            Assert.Equal((start.TotalSeconds, plan.Duration.TotalSeconds), (record.Time!.Start, record.Time.Seconds));
            Assert.Equal(ActiveOnlineAt(start, profiles), record.Time.Online);
            start += plan.Duration;
        }

        Assert.True(records.Sum(record => record.Outcomes.Late) > 0);
        Assert.True(records.Sum(record => record.Outcomes.DroppedOut) > 0);
        Assert.Equal(closing == PlanSpec.ClosesWithCohort, records.Any(record => record.Time!.Seconds < DeadlineSeconds));
    }

    [Fact]
    public async Task Coordinator_KilledInTheMiddleOfARound_TimeGoesOnAsIfItHadNot()
    {
        const ulong Seed = 952;
        var spec = TaskOf("clock-killed", Seed, PlanSpec.ClosesWithCohort);
        var expected = await shared.One.RunAsync("clock-killed", spec, Population);
        await using var cluster = await SheafCluster.StartAsync(3);
        using var gate = cluster.Gate.Close(Seed, round: 2);
        await cluster.StartTaskAsync("clock-killed", spec, Population);
        await gate.ReachedAsync();

        var gone = cluster.KillAsync(Assert.Single(await cluster.ActivationsAsync<RoundCoordinatorGrain>()).Silo);
        gate.Open();
        await gone;

        Assert.Equal(TinyStudy.Comparable(expected), TinyStudy.Comparable((await cluster.EndAsync("clock-killed")).Records));
    }

    [Fact]
    public async Task Round_NobodyOnline_IsAbandonedAndTimePasses()
    {
        var trace = new TraceSpec(TimeSpan.FromSeconds(100), [new TraceDevice(1e6, 1e9, 1e9, [new TraceSpan(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100))])]);
        var late = TinyStudy.Population() with { Behaviour = new BehaviourSpec(1, 0, Profiles with { Trace = trace }) };

        var records = await shared.One.RunAsync("asleep", TaskOf("asleep", 953, PlanSpec.ClosesWithAll), late);

        Assert.Equal(["no device that could be selected was available", "no device that could be selected was available", null], records.Select(record => record.Abandoned));
        Assert.Equal([0, 20, 40], records.Select(record => record.Time!.Start));
        Assert.Equal([20, 20], records.Take(2).Select(record => record.Time!.Seconds));
        Assert.Equal(TinyStudy.Cohort * 3 / 2, records[2].Outcomes.Trained);
        Assert.InRange(records[2].Time!.Seconds, 0, 1);
    }

    [Fact]
    public async Task Register_TheSameTraceAgain_IsTheSamePopulation()
    {
        static PopulationSpec Traced() => TinyStudy.Population() with
        {
            Behaviour = new BehaviourSpec(1, 0, Profiles with { Trace = new TraceSpec(TimeSpan.FromHours(1), [new TraceDevice(1, 2, 3, [new TraceSpan(TimeSpan.Zero, TimeSpan.FromHours(1))])]) }),
        };
        var population = shared.One.Population("traced-twice");

        await population.RegisterAsync(Traced());
        await population.RegisterAsync(Traced());

        Assert.Equal(Traced(), await population.GetSpecAsync());
    }

    [Fact]
    public void View_ProfilesOutOfRange_AreRefused()
    {
        static void AssertRefused(ProfilesSpec profiles, string says, double availability = 0.5)
        {
            var spec = TinyStudy.Population() with { Behaviour = new BehaviourSpec(availability, 0, profiles) };
            Assert.Contains(says, Assert.Throws<ArgumentException>(() => new PopulationView(spec)).Message, StringComparison.Ordinal);
        }

        AssertRefused(Profiles with { ExamplesPerSecond = 0 }, "Speeds are above 0");
        AssertRefused(Profiles with { ComputeSpread = double.NaN }, "spreads 0 to 5");
        AssertRefused(Profiles with { Session = TimeSpan.Zero }, "sessions a second or more");
        AssertRefused(Profiles with { Swing = 4 }, "at most 0.625 can", availability: 0.7);
        AssertRefused(Profiles with { Trace = new TraceSpec(TimeSpan.FromHours(1), []) }, "A trace has 1 to 10000 devices");
        AssertRefused(
            Profiles with { Trace = new TraceSpec(TimeSpan.FromHours(1), [new TraceDevice(1, 1, 1, [new TraceSpan(TimeSpan.Zero, TimeSpan.FromHours(2))])]) },
            "times in order and within its cycle");
    }

    private static TaskSpec TaskOf(string name, ulong seed, string closing)
    {
        var task = TinyStudy.Task(name, seed);
        return task with { Plan = task.Plan with { OverSelection = 1.5, Deadline = TimeSpan.FromSeconds(DeadlineSeconds), Closing = closing } };
    }

    private static RoundTerms Terms(TimeSpan start, string closing) =>
        new(start, TimeSpan.FromSeconds(DeadlineSeconds), closing == PlanSpec.ClosesWithCohort ? TinyStudy.Cohort : null);

    private static TimedDevice Timed(string device, ulong seed, int round)
    {
        var position = DevicePosition.Of(device);
        var bytes = new BareLoop(seed).ParameterCount * sizeof(float);
        var examples = Math.Min(ActivityOf(device), TinyStudy.ExamplesMax);
        return new TimedDevice(position, new DeviceLoad(bytes, examples, bytes), DropOut.Takes(0.1, seed, round, position));
    }

    private static int ActiveOnlineAt(TimeSpan at, IDeviceProfiles profiles) => Enumerable.Range(0, TinyStudy.Devices)
        .Select(device => device.ToString(CultureInfo.InvariantCulture)).Count(id => ActivityOf(id) > 0 && profiles.IsOnline(DevicePosition.Of(id), at));

    private static int ActivityOf(string device) => TinyStudy.Generator.SplitOf(long.Parse(device, CultureInfo.InvariantCulture), 0).ToTrainOn;
}
