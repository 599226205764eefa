using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Listens to a counter of refusals, as a collector of metrics does.</summary>
internal sealed class CountedRefusals : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public CountedRefusals(string counter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Sheaf" && instrument.Name == counter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        _listener.Start();
    }

    /// <summary>How many there were with the given tags, as 'port reason'.</summary>
    public long this[string tags] => _counts.GetValueOrDefault(tags);

    public Task CountedAsync(string tags, long atLeast = 1) =>
        SheafCluster.UntilAsync($"'{tags}' is counted; there is {string.Join(", ", _counts)}", () => Task.FromResult(this[tags] >= atLeast));

    public void Dispose() => _listener.Dispose();

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = string.Join(' ', tags.ToArray().Select(tag => tag.Value));
        _counts.AddOrUpdate(key, value, (_, sum) => sum + value);
    }
}
