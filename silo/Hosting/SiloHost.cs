using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Telemetry;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Health;
using Sheaf.Silo.Security;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Telemetry;

namespace Sheaf.Silo.Hosting;

/// <summary>Puts a silo of its own process together.</summary>
public static class SiloHost
{
    private const int AliveEveryProbes = 5;

    /// <summary>Builds it.</summary>
    /// <param name="settings">Settings without problems.</param>
    /// <param name="parts">What it is made of.</param>
    /// <returns>The silo, to be started.</returns>
    public static WebApplication Build(SiloSettings settings, SiloParts parts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging(logging => logging.AddSilo(settings.Log));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.StopTime);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        builder.Host.UseOrleans(silo => silo.AddSettings(settings, parts));
        // After the silo: probes are answered from when it has joined its cluster.
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server => server.Listen(settings.Endpoints.IPAddress, settings.Endpoints.HealthPort));
        builder.Services.AddRoutingCore();
        builder.AddTelemetry(settings);
        var app = builder.Build();
        app.UseRouting();
        app.MapHealth(settings);
        app.MapTelemetry(settings);
        return app;
    }

    private static void AddSettings(this ISiloBuilder silo, SiloSettings settings, SiloParts parts)
    {
        var (cluster, endpoints, storage) = (settings.Cluster, settings.Endpoints, settings.Storage);
        if (storage.Kind == StorageKind.Postgres)
        {
            silo.AddSheaf(storage.Postgres, parts)
                .ConfigureEndpoints(endpoints.IPAddress, endpoints.SiloPort, endpoints.GatewayPort);
        }
        else
        {
            Directory.CreateDirectory(storage.Folder);
            silo.UseLocalhostClustering(endpoints.SiloPort, endpoints.GatewayPort)
                .AddSheaf(Path.Combine(storage.Folder, "cluster.db"), parts);
        }

        if (settings.Tls.IsSet)
        {
            silo.UseMutualTls(settings.Tls.Options, settings.Audit.Options);
        }

        silo.Services.AddSingleton(new DeviceStorageOptions(storage.Devices));
        silo.Services.AddSingleton(new AwakeDeviceOptions { Max = settings.Limits.AwakeDevicesMax });
        silo.Services.AddSingleton(new DeviceSpanOptions { Every = settings.Telemetry.DeviceSpansEvery });
        silo.Services.AddSingleton(new RoundSnapshotOptions { Interval = settings.SnapshotInterval });
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Id, cluster.ServiceId));
        silo.Configure<SiloOptions>(options => options.SiloName = cluster.Silo);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = settings.Membership.Probe;
            options.NumMissedProbesLimit = settings.Membership.MissedMax;
            // When most silos go at once, those that are left are too few to vote: they go by who has not written that it is alive.
            options.IAmAliveTablePublishTimeout = AliveEveryProbes * settings.Membership.Probe;
        });
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.MaxMessageBodySize = settings.Limits.MessageBytesMax;
            options.MaxEnqueuedRequestsHardLimit = settings.Limits.RequestsPerGrainMax;
        });
    }
}
