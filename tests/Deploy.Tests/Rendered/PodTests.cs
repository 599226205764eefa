using k8s.Models;
using Sheaf.Deploy.Tests.Manifests;
using Sheaf.Silo.Health;

namespace Sheaf.Deploy.Tests.Rendered;

/// <summary>What every pod may not do, and what a silo's pod must have.</summary>
public sealed class PodTests
{
    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Security_EveryPod_IsNobodyAndWritesOnlyToItsVolumes(string name) => Assert.All(Overlay.Render(name).Pods, pods =>
    {
        var pod = pods.Template.Spec;
        Assert.True(pod.SecurityContext is { RunAsNonRoot: true, RunAsUser: > 0, RunAsGroup: > 0, SeccompProfile.Type: "RuntimeDefault" });
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(pod.EnableServiceLinks);
        Assert.True(pod.HostNetwork is null && pod.HostPID is null && pod.HostIPC is null && pod.InitContainers is null);
        Assert.All(pod.Containers, container =>
        {
            Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Privileged: null, RunAsUser: null, RunAsNonRoot: null });
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Null(container.SecurityContext.Capabilities.Add);
            Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
            Assert.All(container.VolumeMounts, mount => Assert.Single(pod.Volumes.Select(volume => volume.Name).Append("data"), volume => volume == mount.Name));
        });
        // What is written counts against the node: every such volume has a limit.
        Assert.All(pod.Volumes.Where(volume => volume.EmptyDir is not null), volume => Assert.NotNull(volume.EmptyDir.SizeLimit));
    });

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Resources_EveryContainer_AreAskedForAndMemoryIsLimited(string name) => Assert.All(
        Overlay.Render(name).Pods.SelectMany(pods => pods.Template.Spec.Containers),
        container =>
        {
            Assert.True(container.Resources.Requests["cpu"].ToDecimal() > 0);
            Assert.Equal(container.Resources.Limits["memory"].ToDecimal(), container.Resources.Requests["memory"].ToDecimal());
            Assert.DoesNotContain("cpu", container.Resources.Limits.Keys);
            // A tag that moves would run two versions in one cluster.
            Assert.Matches(@":[0-9][^/]*$", container.Image);
        });

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Accounts_EveryPod_HaveNoToken(string name)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Of<V1ServiceAccount>(), account => Assert.False(account.AutomountServiceAccountToken));
        Assert.All(overlay.Silos, silo => Assert.Contains(
            silo.Spec.Template.Spec.ServiceAccountName, overlay.Of<V1ServiceAccount>().Select(account => account.Metadata.Name)));
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Probes_EverySilo_AskWhatTheProgramAnswers(string name)
    {
        var silos = Overlay.Render(name).Silos.Select(silo => silo.Spec.Template.Spec.Containers.Single()).ToArray();

        Assert.NotEmpty(silos);
        Assert.All(silos, silo =>
        {
            Assert.Equal(HealthEndpoints.Live, silo.StartupProbe.HttpGet.Path);
            Assert.Equal(HealthEndpoints.Live, silo.LivenessProbe.HttpGet.Path);
            Assert.Equal(HealthEndpoints.Ready, silo.ReadinessProbe.HttpGet.Path);
            Assert.All(new[] { silo.StartupProbe, silo.LivenessProbe, silo.ReadinessProbe }, probe => Assert.Equal("health", probe.HttpGet.Port.ToString()));
            // The schema may have to be upgraded first; a silo that is alive may be slow for a while.
            Assert.True(silo.StartupProbe.PeriodSeconds * silo.StartupProbe.FailureThreshold >= 300);
            Assert.True(silo.LivenessProbe.PeriodSeconds * silo.LivenessProbe.FailureThreshold >= 60);
        });
    }

    [SkippableTheory]
    [MemberData(nameof(Overlay.Clusters), MemberType = typeof(Overlay))]
    public void Ports_EverySilo_AreThoseOfItsSettings(string name)
    {
        var overlay = Overlay.Render(name);

        Assert.All(overlay.Silos, silo =>
        {
            var (settings, _) = SiloEnvironment.Read(SiloEnvironment.Of(overlay, silo, "silo-0", "10.1.2.3", (_, _) => ""));
            var endpoints = settings.Endpoints;
            Assert.Equal(
                [("silo", endpoints.SiloPort), ("gateway", endpoints.GatewayPort), ("health", endpoints.HealthPort)],
                silo.Spec.Template.Spec.Containers.Single().Ports.Select(port => (port.Name, port.ContainerPort)));
        });
    }

    [SkippableFact]
    public void Gpu_ItsSilos_SayWhatTheyAreGivenAndRunOnlyWhereItIs()
    {
        var overlay = Overlay.Render("gpu");
        var gpu = overlay.Silos.Single(silo => silo.Metadata.Name == "sheaf-silo-gpu").Spec.Template.Spec;
        var cpu = overlay.Silos.Single(silo => silo.Metadata.Name == "sheaf-silo").Spec.Template.Spec;

        var given = gpu.Containers[0].Resources.Limits["nvidia.com/gpu"].ToDecimal();
        Assert.Equal(string.Join(',', Enumerable.Range(0, (int)given).Select(index => $"cuda:{index}")), gpu.Containers[0].Env.Single(one => one.Name == "SHEAF_Accelerators").Value);
        Assert.Contains(gpu.Tolerations, toleration => toleration is { Key: "nvidia.com/gpu", OperatorProperty: "Exists", Effect: "NoSchedule" });
        Assert.DoesNotContain(cpu.Containers[0].Env, variable => variable.Name == "SHEAF_Accelerators");
        Assert.DoesNotContain("nvidia.com/gpu", cpu.Containers[0].Resources.Limits.Keys);
        // Of a limit of memory .NET's own objects get the smaller part where tensors are; by default they would get three quarters.
        Assert.True(HeapPercent(gpu) < HeapPercent(cpu));
        Assert.True(HeapPercent(cpu) < 75);
    }

    // .NET reads this variable as hexadecimal.
    private static int HeapPercent(V1PodSpec pod) => Convert.ToInt32(pod.Containers[0].Env.Single(one => one.Name == "DOTNET_GCHeapHardLimitPercent").Value, 16);
}
