using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sheaf.Silo.Configuration;

/// <summary>To whom a silo tells what it does.</summary>
public sealed record TelemetrySettings
{
    /// <summary>Where traces, metrics and the log are sent.</summary>
    [Description("Where traces of rounds, metrics and the log are sent, by OTLP: http://collector:4317, for instance. Default: nowhere. A collector that is away holds nothing up: what it misses is dropped.")]
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>How they are sent.</summary>
    [Description("How they are sent: grpc (port 4317 as a rule) or http (port 4318: traces to /v1/traces, metrics to /v1/metrics, the log to /v1/logs).")]
    public OtlpForm OtlpForm { get; init; } = OtlpForm.Grpc;

    /// <summary>Whether Prometheus may scrape metrics.</summary>
    [Description("Whether /metrics on the port of the probes answers with all metrics, for Prometheus.")]
    public bool Prometheus { get; init; }

    /// <summary>The share of rounds that are traced.</summary>
    [Description("The share of rounds that are traced, from 0 to 1.")]
    [Range(0.0, 1.0)]
    public double TracedShare { get; init; } = 1;

    /// <summary>Of how many devices one has spans.</summary>
    [Description("Of how many devices one has spans of its own, under a hash that is not its name; always the same ones of a task. 0: none.")]
    [Range(0, 1_000_000_000)]
    public int DeviceSpansEvery { get; init; }

    /// <summary>Whether anything is told to anybody.</summary>
    internal bool IsOn => OtlpEndpoint.Length > 0 || Prometheus;

    internal IEnumerable<string> Problems()
    {
        if (OtlpEndpoint.Length > 0 && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return $"Telemetry:OtlpEndpoint is '{OtlpEndpoint}': it must be an address such as http://collector:4317.";
        }
    }
}

/// <summary>How telemetry is sent.</summary>
public enum OtlpForm
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protocol buffers by HTTP.</summary>
    Http,
}
