using System.Diagnostics.Metrics;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Telemetry;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Telemetry;

/// <summary>What is counted of rounds agrees with their records, and no instrument has as many series as there are devices.</summary>
[Collection(Clusters.Name)]
public sealed class SheafMetricsTests(SharedClusters shared)
{
    [Fact]
    public async Task Rounds_Counted_AgreeWithTheirRecords()
    {
        using var measured = new Measurements();

        var records = await shared.One.RunAsync("counted", TinyStudy.Task("counted", 970));
        var participation = await shared.One.Coordinator("counted").GetParticipationAsync();
        await shared.One.Device("counted", "3").EraseAsync(EraseSpec.All);

        var ofTask = measured.Of("sheaf.task", "counted");
        Assert.Equal(records.Sum(record => record.Outcomes.Trained), ofTask.Where(each => each.Name == "sheaf.devices" && each.Has("sheaf.outcome", "trained")).Sum(each => each.Value));
        Assert.Equal(records.Sum(record => record.Examples), ofTask.Where(each => each.Name == "sheaf.examples").Sum(each => each.Value));
        Assert.Equal(records.Select(record => (double)record.Round), ofTask.Where(each => each.Name == "sheaf.round").Select(each => each.Value));
        Assert.Equal(records.Select(record => record.Evaluation!.Accuracy), ofTask.Where(each => each.Name == "sheaf.model.accuracy").Select(each => each.Value));
        Assert.Equal(records.Length, ofTask.Count(each => each.Name == "sheaf.round.duration" && each.Has("sheaf.outcome", "committed")));
        Assert.Equal(
            ["aggregate", "commit", "configure", "evaluate", "select", "train"],
            ofTask.Where(each => each.Name == "sheaf.round.phase.duration").Select(each => each.TagOf("sheaf.phase")).Distinct().Order(StringComparer.Ordinal));
        Assert.True(ofTask.Count(each => each.Name == "sheaf.slice.duration") >= 2 * records.Length);
        Assert.Contains(measured.All, each => each.Name == "sheaf.erase.examples" && each.Value > 0);
        Assert.Equal(participation.Gini, ofTask.Last(each => each.Name == "sheaf.participation.gini").Value);
        Assert.Equal((double)participation.Never / participation.Devices, ofTask.Last(each => each.Name == "sheaf.participation.never").Value);
        Assert.Equal(
            records[^1].Evaluation!.Groups.Select(group => group.Accuracy).OfType<double>(),
            ofTask.Where(each => each.Name == "sheaf.model.tenth.accuracy").Select(each => each.Value).TakeLast(records[^1].Evaluation!.Groups.Count(group => group.Accuracy is not null)));
        Assert.True(ofTask.Count(each => each.Name == "sheaf.checkpoint.write.duration") > records.Length);
        Assert.Equal("-v[]+^", ofTask.First(each => each.Name == "sheaf.devices" && each.Has("sheaf.outcome", "trained")).TagOf("sheaf.shape"));
    }

    [Fact]
    public async Task Examples_TakenInAndDeleted_AreCountedByReason()
    {
        using var measured = new Measurements();
        var population = shared.One.Population("kept");
        await population.RegisterAsync(TinyStudy.Pushed(examplesMax: 2));

        await population.IntakeAsync([.. Enumerable.Range(0, 6).Select(row => new Arrival($"{row % 2}", row + 1, DateTimeOffset.UnixEpoch.AddHours(row), $"text {row}", TinyStudy.Labels[0], null))]);
        await population.SealAsync(default);

        var ofPopulation = measured.Of("sheaf.population", "kept");
        Assert.Equal(6, ofPopulation.Where(each => each.Name == "sheaf.examples.taken_in").Sum(each => each.Value));
        Assert.Equal(2, ofPopulation.Where(each => each.Name == "sheaf.examples.deleted" && each.Has("sheaf.reason", "expired")).Sum(each => each.Value));
    }

    [Fact]
    public async Task Examples_TrainedOnOnce_AreCountedAsTrained()
    {
        using var measured = new Measurements();
        var population = shared.One.Population("once-counted");
        await population.RegisterAsync(TinyStudy.Pushed() with { Retention = new RetentionSpec(null, null, TrainOnce: true) });
        await population.IntakeAsync([.. Enumerable.Range(0, 8).Select(row => new Arrival($"{row % 2}", row + 1, DateTimeOffset.UnixEpoch.AddHours(row), $"text {row}", TinyStudy.Labels[row % 3], null))]);
        await population.SealAsync(default);

        var task = TinyStudy.Task("once-counted", 973, rounds: 1);
        await shared.One.Coordinator("once-counted").StartAsync(task with { Plan = task.Plan with { Cohort = 2 } });
        await shared.One.EndAsync("once-counted");

        Assert.Equal(8, measured.Of("sheaf.population", "once-counted").Where(each => each.Has("sheaf.reason", "trained")).Sum(each => each.Value));
    }

    [Fact]
    public async Task Series_OfATaskWithTenThousandDevices_AreFewAndDescribed()
    {
        const int Devices = 10_000;
        using var measured = new Measurements();
        var task = TinyStudy.Task("series", 971, rounds: 1);

        var records = await shared.Three.RunAsync(
            "series",
            task with { Model = new ModelSpec("softmax-regression", 50, 1, 1, Bigrams: false), Plan = task.Plan with { Cohort = Devices, Evaluation = new EvaluationPlan(1, Devices, Prequential: true) } },
            new PopulationSpec(TinyStudy.Shards, TinyStudy.HeldOut, new RetentionSpec(null, null), new GeneratedSpec(1, Devices, 0, 3, 5, 10, 1, 0)));
        measured.Observe();

        Assert.True(records[0].Outcomes.Trained > 0.9 * Devices);
        var ofTask = measured.Of("sheaf.task", "series");
        // Two of durations, six phases, eight outcomes, three kinds of slices, twenty tenths, and one of each of eleven others.
        Assert.InRange(ofTask.Select(each => each.Series).Distinct().Count(), 20, 50);
        Assert.All(measured.All, each =>
        {
            var described = Assert.Single(SheafMetrics.All, known => known.Name == each.Name);
            Assert.Empty(each.Tags.Select(tag => tag.Key).Except(described.Tags));
        });
        Assert.Contains(measured.All, each => each.Name == "sheaf.devices.awake" && each.Value > 0);
        Assert.Contains(measured.All, each => each.Name == "sheaf.lanes.busy");
    }

    private sealed class Measurements : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly List<Measured> _all = [];
        private readonly MeterListener _listener = new();

        public Measurements()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == SheafTelemetry.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public Measured[] All
        {
            get
            {
                lock (_lock)
                {
                    return [.. _all];
                }
            }
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public Measured[] Of(string tag, string value) => [.. All.Where(each => each.Has(tag, value))];

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (_lock)
            {
                _all.Add(new Measured(instrument.Name, value, tags.ToArray()));
            }
        }
    }

    private sealed record Measured(string Name, double Value, KeyValuePair<string, object?>[] Tags)
    {
        public string Series => $"{Name}{{{string.Join(',', Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal))}}}";

        public bool Has(string tag, string value) => TagOf(tag) == value;

        public string? TagOf(string tag) => Tags.FirstOrDefault(each => each.Key == tag).Value as string;
    }
}
