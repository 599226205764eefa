using System.Diagnostics.Metrics;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Telemetry;

/// <summary>What a silo tells of itself whenever somebody asks. A meter of its own, so that it goes with the silo.</summary>
internal sealed class SiloGauges : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Meter _meter = new(SheafTelemetry.Name);

    /// <summary>Makes the gauges.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="lanes">Its training threads.</param>
    /// <param name="awake">Its devices awake.</param>
    public SiloGauges(ILocalSiloDetails silo, TrainingLanes lanes, AwakeDevices awake)
    {
        var tags = new[] { new KeyValuePair<string, object?>("sheaf.silo", silo.Name) };
        Observe(SheafMetrics.LanesBusy, () => lanes.Busy);
        Observe(SheafMetrics.LanesWaiting, () => lanes.Waiting);
        Observe(SheafMetrics.DevicesAwake, () => awake.Count);

        void Observe(InstrumentDescription gauge, Func<int> value) =>
            _meter.CreateObservableGauge(gauge.Name, () => new Measurement<int>(value(), tags), gauge.Unit, gauge.Meaning);
    }

    /// <summary>Nothing is to be done: it was made, which is all.</summary>
    /// <param name="lifecycle">The silo's.</param>
    public void Participate(ISiloLifecycle lifecycle)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
