using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>What the manifests set, the silo knows, and the numbers add up.</summary>
public sealed class SettingsTests
{
    // PostgreSQL's defaults: max_connections less superuser_reserved_connections.
    private const int Connections = 100 - 3;

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Settings_EverySilo_AreKnownAndUsable(string name)
    {
        const string address = "10.1.2.3";
        var overlay = Overlay.Render(name);
        using var mounts = new Mounts();

        Assert.All(overlay.Silos, silo =>
        {
            var (settings, problems) = SiloEnvironment.Read(mounts.In(SiloEnvironment.Of(overlay, silo, "silo-0", address, Secret)));
            Assert.Empty(problems);
            Assert.Equal(("silo-0", address), (settings.Cluster.Silo, settings.Endpoints.Address));
            Assert.Equal(StorageKind.Postgres, settings.Storage.Kind);
            Assert.Equal(LogFormat.Json, settings.Log.Format);
        });
    }

    [SkippableTheory]
    [InlineData("demo", true)]
    [InlineData("production", false)]
    [InlineData("gpu", false)]
    [InlineData("traced", false)]
    public void Settings_Certificates_AreMissingInTheDemoAlone(string name, bool isOpen)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Silos, silo =>
        {
            Assert.Equal(isOpen, Settings(overlay, silo, "127.0.0.1").Settings.Endpoints.AllowAnyoneOnTheNetwork);
            var container = silo.Spec.Template.Spec.Containers.Single();
            var files = container.Env.Where(variable => variable.Name.StartsWith("SHEAF_Tls__", StringComparison.Ordinal)).Select(variable => variable.Value).ToArray();
            Assert.Equal(isOpen ? 0 : 4, files.Length);
            // Each is a file of a volume that comes from a Secret.
            Assert.All(files, file => Assert.NotNull(silo.Spec.Template.Spec.Volumes.Single(
                volume => volume.Name == container.VolumeMounts.Single(mount => mount.MountPath == Path.GetDirectoryName(file)).Name).Secret));
        });
    }

    [SkippableFact]
    public void Settings_NameThatIsNoSetting_IsAProblem()
    {
        var overlay = Overlay.Render("demo");
        var environment = SiloEnvironment.Of(overlay, overlay.Silos.Single(), "silo-0", "127.0.0.1", Secret);

        environment["SHEAF_SERVICE_HOST"] = "10.0.0.1";

        Assert.Contains("SERVICE_HOST", Assert.Single(SiloEnvironment.Read(environment).Problems), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Settings_BothKindsOfSilos_AreOneCluster()
    {
        var overlay = Overlay.Render("gpu");
        var settings = overlay.Silos.Select(silo => Settings(overlay, silo, "127.0.0.1").Settings).ToArray();

        Assert.Equal(2, settings.Length);
        Assert.Equal(settings[0] with { Accelerators = settings[1].Accelerators, Lanes = settings[1].Lanes }, settings[1]);
        Assert.Equal(["auto", "cuda:0"], settings.Select(one => one.Accelerators));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Journal_EverySilo_IsAFileOfTheClaimedVolume(string name)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Silos, silo =>
        {
            var folder = Path.GetDirectoryName(Settings(overlay, silo, "127.0.0.1").Settings.Storage.JournalFile);
            var volume = silo.Spec.Template.Spec.Containers.Single().VolumeMounts.Single(mount => mount.MountPath == folder).Name;
            Assert.Equal("sheaf-journal", silo.Spec.Template.Spec.Volumes.Single(one => one.Name == volume).PersistentVolumeClaim.ClaimName);
        });
    }

    [SkippableTheory]
    [InlineData("production")]
    [InlineData("gpu")]
    public void Audit_EverySilo_HasAFileOfItsOwnBesideTheJournal(string name)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Silos, silo => Assert.Equal("/journal/audit-silo-0.jsonl", Settings(overlay, silo, "127.0.0.1").Settings.Audit.File));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Stopping_EverySilo_HasTheTimeItTakes(string name)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Silos, silo =>
        {
            var pod = silo.Spec.Template.Spec;
            var preStop = TimeSpan.FromSeconds(pod.Containers.Single().Lifecycle.PreStop.Sleep.Seconds);
            var grace = TimeSpan.FromSeconds(pod.TerminationGracePeriodSeconds!.Value);
            Assert.True(preStop > TimeSpan.Zero);
            Assert.True(grace > preStop + Settings(overlay, silo, "127.0.0.1").Settings.StopTime);
        });
    }

    [SkippableTheory]
    [InlineData("demo", 1)]
    [InlineData("production", 6 + 2)]
    [InlineData("gpu", 6 + 2 + 2)]
    [InlineData("traced", 6 + 2)]
    public void Silos_AtOnce_AreAsManyAsTheDatabaseIsToldAndHasConnectionsFor(string name, int expected)
    {
        var overlay = Overlay.Render(name);

        var most = overlay.Silos.Sum(silo => AtOnce(overlay, silo));

        Assert.Equal(expected, most);
        Assert.All(overlay.Silos, silo =>
        {
            var storage = Settings(overlay, silo, "127.0.0.1").Settings.Storage;
            Assert.Equal(most, storage.Silos);
            Assert.True(storage.Silos * (storage.PoolSize + PostgresOptions.MembershipPoolSize + PostgresOptions.PurgeConnections) <= Connections);
        });
    }

    [SkippableTheory]
    [InlineData("production", "sheaf-silo", "0", "1")]
    [InlineData("gpu", "sheaf-silo", "0", "1")]
    [InlineData("gpu", "sheaf-silo-gpu", "1", "0")]
    public void Upgrade_EveryDeployment_ReplacesOneSiloAtATime(string name, string deployment, string unavailable, string surge)
    {
        var rolling = Overlay.Render(name).Silos.Single(silo => silo.Metadata.Name == deployment).Spec.Strategy.RollingUpdate;

        Assert.Equal((unavailable, surge), (rolling.MaxUnavailable.ToString(), rolling.MaxSurge.ToString()));
    }

    // Those that run, and during an upgrade one that starts or waits to, and one that stops: the next is not begun before that one has had its time.
    private static int AtOnce(Overlay overlay, V1Deployment silo)
    {
        var spec = silo.Spec;
        var running = spec.Replicas ?? overlay.Of<V2HorizontalPodAutoscaler>().Single(scaling => scaling.Spec.ScaleTargetRef.Name == silo.Metadata.Name).Spec.MaxReplicas;
        if (spec.Strategy.Type == "Recreate")
        {
            return running;
        }

        Assert.True(spec.MinReadySeconds >= spec.Template.Spec.TerminationGracePeriodSeconds);
        return running + int.Parse(spec.Strategy.RollingUpdate.MaxSurge.ToString()) + 1;
    }

    private static (SiloSettings Settings, IReadOnlyList<string> Problems) Settings(Overlay overlay, V1Deployment silo, string address) =>
        SiloEnvironment.Read(SiloEnvironment.Of(overlay, silo, "silo-0", address, Secret));

    private static string Secret(string name, string key) => key == "connection-string" ? "Host=db;Database=sheaf;Username=sheaf;Password=p" : "p";
}
