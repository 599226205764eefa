using System.Diagnostics.Metrics;
using Sheaf.Abstractions.Devices;
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
    }

    [Fact]
    public async Task Series_OfATask_AreFewAndDescribed()
    {
        using var measured = new Measurements();

        await shared.Three.RunAsync("series", TinyStudy.Task("series", 971));
        measured.Observe();

        var ofTask = measured.Of("sheaf.task", "series");
        // Two of durations, six phases, eight outcomes, two kinds of slices, and one of each of six others.
        Assert.InRange(ofTask.Select(each => each.Series).Distinct().Count(), 10, 24);
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
