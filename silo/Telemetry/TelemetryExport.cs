using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sheaf.Grains.Telemetry;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Telemetry;

/// <summary>Sends what a silo tells: traces of rounds, metrics, its own and Orleans', and the lines of its log. Orleans' spans of single calls are left out: a round has
/// one call a device, and listening alone makes each two to five times as dear.</summary>
internal static class TelemetryExport
{
    private const string OrleansMeter = "Microsoft.Orleans";

    // Rounds and their parts take from a millisecond to hours.
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

    /// <summary>Adds what the settings ask for; nothing, when they ask for nothing.</summary>
    /// <param name="builder">The silo's process.</param>
    /// <param name="settings">Its settings.</param>
    public static void AddTelemetry(this WebApplicationBuilder builder, SiloSettings settings)
    {
        var telemetry = settings.Telemetry;
        if (!telemetry.IsOn)
        {
            return;
        }

        var isSent = telemetry.OtlpEndpoint.Length > 0;
        var services = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("sheaf", settings.Cluster.ServiceId, SiloParts.Version, serviceInstanceId: settings.Cluster.Silo)
            .AddAttributes([new("sheaf.cluster", settings.Cluster.Id)])
            .AddEnvironmentVariableDetector());
        services.WithMetrics(metrics =>
        {
            metrics.AddMeter(SheafTelemetry.Name, OrleansMeter)
                .AddView(instrument => instrument.Unit == "s" && instrument.Meter.Name == SheafTelemetry.Name ? new ExplicitBucketHistogramConfiguration { Boundaries = Seconds } : null);
            if (isSent)
            {
                metrics.AddOtlpExporter(otlp => Aim(otlp, telemetry, "metrics"));
            }

            if (telemetry.Prometheus)
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (isSent)
        {
            // A round is traced as a whole or not at all, whatever silo its parts run on.
            services.WithTracing(tracing => tracing
                .AddSource(SheafTelemetry.Name)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(telemetry.TracedShare)))
                .AddOtlpExporter(otlp => Aim(otlp, telemetry, "traces")));
            services.WithLogging(
                logging => logging.AddProcessor(new RoundOfLogLine()).AddOtlpExporter(otlp => Aim(otlp, telemetry, "logs")),
                options => options.IncludeFormattedMessage = true);
        }
    }

    /// <summary>Answers Prometheus, when the settings say so.</summary>
    /// <param name="app">The silo's process.</param>
    /// <param name="settings">Its settings.</param>
    public static void MapTelemetry(this WebApplication app, SiloSettings settings)
    {
        if (settings.Telemetry.Prometheus)
        {
            app.MapPrometheusScrapingEndpoint();
        }
    }

    private static void Aim(OtlpExporterOptions otlp, TelemetrySettings telemetry, string what)
    {
        var isHttp = telemetry.OtlpForm == OtlpForm.Http;
        // What is set in code is taken as it is: by HTTP each kind has a path of its own.
        otlp.Endpoint = isHttp ? new Uri($"{telemetry.OtlpEndpoint.TrimEnd('/')}/v1/{what}") : new Uri(telemetry.OtlpEndpoint);
        otlp.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
    }
}
