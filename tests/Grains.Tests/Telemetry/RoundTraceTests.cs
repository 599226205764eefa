using System.Collections.Concurrent;
using System.Diagnostics;
using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;
using Span = System.Diagnostics.Activity;

namespace Sheaf.Grains.Tests.Telemetry;

/// <summary>A round is one trace, whatever silos its parts run on.</summary>
[Collection(Clusters.Name)]
public sealed class RoundTraceTests(SharedClusters shared)
{
    [Fact]
    public async Task Rounds_OnThreeSilos_AreATraceEachWithPhasesSlicesAndFold()
    {
        using var spans = new SpanCollector();

        var records = await shared.Three.RunAsync("traced", TinyStudy.Task("traced", 960));

        var rounds = spans.RoundsOf("traced");
        Assert.Equal([1, 2, 3], rounds.Select(round => (int)round.GetTagItem("sheaf.round")!));
        foreach (var (round, record) in rounds.Zip(records))
        {
            var trace = spans.Of(round.TraceId);
            Assert.Null(round.ParentId);
            Assert.Equal(["select", "configure", "train", "aggregate", "commit", "evaluate"], ChildrenOf(round, trace).Select(span => span.OperationName));
            var slices = ChildrenOf(Named("train", trace), trace);
            Assert.All(slices, slice => Assert.Equal("slice", slice.OperationName));
            Assert.Equal(TinyStudy.Cohort, slices.Sum(slice => (int)slice.GetTagItem("sheaf.devices")!));
            Assert.All(slices, slice => Assert.Equal(["gather", "compute"], ChildrenOf(slice, trace).Select(span => span.OperationName)));
            Assert.Equal("fold", Assert.Single(ChildrenOf(Named("aggregate", trace), trace)).OperationName);
            Assert.Equal((record.Cohort, record.Outcomes.Trained), ((int)round.GetTagItem("sheaf.cohort.size")!, (int)round.GetTagItem("sheaf.devices.trained")!));
            Assert.Equal(record.Checkpoint, round.GetTagItem("sheaf.checkpoint"));
            Assert.All(trace, span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
        }

        Assert.True(rounds.SelectMany(round => spans.Of(round.TraceId)).Select(span => span.GetTagItem("sheaf.silo")).OfType<string>().Distinct().Count() > 1);
        Assert.Equal(rounds.SkipLast(1).Select(round => round.SpanId), rounds.Skip(1).Select(round => Assert.Single(round.Links).Context.SpanId));
    }

    [Fact]
    public async Task Round_Abandoned_HasItsReasonAndAStatus()
    {
        using var spans = new SpanCollector();
        var away = TinyStudy.Population() with { Behaviour = new BehaviourSpec(1e-9, 0) };

        await shared.One.RunAsync("traced-away", TinyStudy.Task("traced-away", 961, rounds: 1), away);

        var round = Assert.Single(spans.RoundsOf("traced-away"));
        Assert.Equal((ActivityStatusCode.Error, "no device that could be selected was available"), (round.Status, round.StatusDescription));
    }

    [Fact]
    public async Task Spans_OfAnyRound_NameNoDevice()
    {
        using var spans = new SpanCollector();

        await shared.One.RunAsync("traced-nobody", TinyStudy.Task("traced-nobody", 962, rounds: 1));

        var round = Assert.Single(spans.RoundsOf("traced-nobody"));
        Assert.All(spans.Of(round.TraceId).SelectMany(span => span.TagObjects), tag => Assert.DoesNotContain("device_id", tag.Key, StringComparison.Ordinal));
        string[] known =
        [
            "sheaf.task", "sheaf.round", "sheaf.epoch", "sheaf.cohort.wanted", "sheaf.cohort.size", "sheaf.accelerator", "sheaf.examples", "sheaf.update.bytes",
            "sheaf.checkpoint", "sheaf.attempts", "sheaf.period", "sheaf.devices.trained", "sheaf.accuracy", "sheaf.loss", "sheaf.silo", "sheaf.slice", "sheaf.attempt",
            "sheaf.devices", "sheaf.silos", "sheaf.math", "sheaf.device.hash", "sheaf.answer",
        ];
        Assert.Empty(spans.Of(round.TraceId).SelectMany(span => span.TagObjects).Select(tag => tag.Key).Except(known));
    }

    [Fact]
    public async Task Devices_OneInSoMany_HaveSpansUnderOtherNamesTheSameInEveryRun()
    {
        using var spans = new SpanCollector();

        var records = await shared.One.RunAsync("traced-devices", TinyStudy.Task("traced-devices", 963));
        await shared.Three.RunAsync("traced-devices", TinyStudy.Task("traced-devices", 963));

        var rounds = spans.RoundsOf("traced-devices").Select(round => Shown(spans.Of(round.TraceId))).ToArray();
        Assert.Equal(rounds[..records.Length], rounds[records.Length..]);
        foreach (var (shown, record) in rounds.Zip(records))
        {
            var cohort = (await shared.One.CohortAsync("traced-devices", record.Round)).Devices;
            Assert.Equal(cohort.Count(device => Prf.Sequence(963, Purpose.DeviceSpans, DevicePosition.Of(device)).NextInt32(SheafCluster.DeviceSpansEvery) == 0), shown.Length);
            Assert.Empty(shown.Intersect(cohort));
        }

        Assert.True(rounds.Sum(shown => shown.Length) > 0);

        // Those that trained: who scores has spans, too.
        static string[] Shown(Span[] trace)
        {
            var slices = ChildrenOf(Named("train", trace), trace);
            return
            [
                .. slices.SelectMany(slice => ChildrenOf(slice, trace)).SelectMany(part => ChildrenOf(part, trace)).Where(span => span.OperationName == "device")
                    .Select(span => (string)span.GetTagItem("sheaf.device.hash")!).Order(StringComparer.Ordinal),
            ];
        }
    }

    private static Span Named(string name, IEnumerable<Span> trace) => Assert.Single(trace, span => span.OperationName == name);

    private static Span[] ChildrenOf(Span parent, IEnumerable<Span> trace) => [.. trace.Where(span => span.ParentSpanId == parent.SpanId).OrderBy(span => span.StartTimeUtc)];

    private sealed class SpanCollector : IDisposable
    {
        private readonly ConcurrentQueue<Span> _ended = [];
        private readonly ActivityListener _listener;

        public SpanCollector()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == SheafTelemetry.Name,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Span[] RoundsOf(string task) =>
            [.. _ended.Where(span => span.OperationName == "round" && Equals(span.GetTagItem("sheaf.task"), task)).OrderBy(span => span.StartTimeUtc)];

        public Span[] Of(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];

        public void Dispose() => _listener.Dispose();
    }
}
