using System.Text.Json;
using Orleans.Configuration;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Security;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>What clients may call through a gateway, by the roles in their certificates.</summary>
[Collection(TlsTests.Name)]
public sealed class RolesTests(TlsFixture fixture)
{
    [Fact]
    public async Task Read_SeesAndChangesNothing()
    {
        await RegisterAsync("roles");
        var grains = await fixture.AsAsync("read");
        var task = grains.GetGrain<IRoundCoordinator>("roles");

        Assert.NotNull(await grains.GetGrain<IPopulation>("roles").GetSpecAsync());
        Assert.Equal(TaskRunStatus.Unknown, (await task.GetProgressAsync(0)).Status);
        await RefusedAsync(AccessRole.Submit, () => task.StartAsync(TinyStudy.Task("roles", 1)));
        await RefusedAsync(AccessRole.Submit, task.CancelAsync);
        await RefusedAsync(AccessRole.Erase, () => grains.GetGrain<IPopulation>("roles").PurgeAsync());
        var refused = await RefusedAsync(AccessRole.Erase, () => Device(grains).EraseAsync(EraseSpec.All));
        Assert.Equal(
            "The call IDevice.EraseAsync is refused: it needs the role 'erase', and the certificate of 'CN=ann, OU=sheaf-read' gives read. "
            + "Have a certificate made whose subject has the organizational unit 'sheaf-erase'.",
            refused.Message);
    }

    [Fact]
    public async Task Submit_AddsAndReadsAndErasesNothing()
    {
        var grains = await fixture.AsAsync("submit");

        await RegisterAsync("roles");

        Assert.NotNull(await grains.GetGrain<IPopulation>("roles").GetSpecAsync());
        await RefusedAsync(AccessRole.Erase, () => Device(grains).WithdrawAsync());
        await RefusedAsync(AccessRole.Erase, () => grains.GetGrain<IPopulation>("roles").SetRetentionAsync(new RetentionSpec(1, null, Version: 1)));
    }

    [Fact]
    public async Task Erase_ErasesAndWritesBothLinesOfTheAuditLog()
    {
        await RegisterAsync("audited");
        var grains = await fixture.AsAsync("erase");

        var receipt = await grains.GetGrain<IDevice>(DeviceKey.Of("audited", "d1")).EraseAsync(EraseSpec.All);
        await RefusedAsync(AccessRole.Submit, () => grains.GetGrain<IPopulation>("audited").SealAsync(default));

        var lines = fixture.Audit().Select(line => JsonDocument.Parse(line).RootElement).Where(line => Text(line, "target") == "audited/d1").ToArray();
        Assert.Equal(["intent", "outcome"], lines.Select(line => Text(line, "phase")));
        Assert.All(lines, line => Assert.Equal(
            ("CN=ann, OU=sheaf-erase", "erase", "IDevice.EraseAsync", 64), (Text(line, "who"), Text(line, "role"), Text(line, "what"), Text(line, "certificate").Length)));
        Assert.Equal(lines[0].GetProperty("call").GetInt64(), lines[1].GetProperty("call").GetInt64());
        Assert.All(lines, line => Assert.Equal("{}", Text(line, "detail")));
        Assert.Equal(("done", receipt.Number), (Text(lines[1], "outcome"), lines[1].GetProperty("receipt").GetInt64()));
    }

    [Fact]
    public async Task Erase_OfWhatCannotBeErased_IsAuditedAsFailed()
    {
        await RegisterAsync("failing");
        var device = (await fixture.AsAsync("erase")).GetGrain<IDevice>(DeviceKey.Of("failing", "d1"));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => device.EraseAsync(new EraseSpec(From: DateTimeOffset.MaxValue, Until: DateTimeOffset.MinValue)));

        var outcome = fixture.Audit().Select(line => JsonDocument.Parse(line).RootElement)
            .Single(line => Text(line, "target") == "failing/d1" && Text(line, "phase") == "outcome");
        Assert.Equal("""{"from":"9999-12-31T23:59:59.9999999+00:00","until":"0001-01-01T00:00:00+00:00"}""", Text(outcome, "detail"));
        Assert.Equal(("failed", failure.Message), (Text(outcome, "outcome"), Text(outcome, "error")));
    }

    [Fact]
    public async Task Erase_WhenTheAuditLogCannotBeWritten_IsRefused()
    {
        await RegisterAsync("unwritten");
        var device = (await fixture.AsAsync("erase")).GetGrain<IDevice>(DeviceKey.Of("unwritten", "d1"));
        var files = fixture.SiloPorts.Select(port => Path.Combine(fixture.Folder, $"audit-{port}.jsonl")).ToArray();
        foreach (var file in files)
        {
            File.Move(file, file + ".away");
            Directory.CreateDirectory(file);
        }

        var refused = await RefusedAsync(AccessRole.Erase, () => device.EraseAsync(EraseSpec.All));

        Assert.Contains("cannot be written to the silo's audit log", refused.Message, StringComparison.Ordinal);
        foreach (var file in files)
        {
            Directory.Delete(file);
            File.Move(file + ".away", file);
        }

        Assert.Empty((await device.GetStatusAsync()).Receipts);
        Assert.True((await device.EraseAsync(EraseSpec.All)).Number > 0);
    }

    [Fact]
    public async Task EveryRole_DoesNotOpenWhatIsInternal()
    {
        using var refused = new CountedRefusals(ClientCallFilter.CounterName);
        var grains = await fixture.AsAsync("read submit erase");

        await RefusedAsync(AccessRole.None, () => grains.GetGrain<IManagementGrain>(0).GetHosts());
        await RefusedAsync(AccessRole.None, () => grains.GetGrain<IPopulationTasks>("roles").GetTasksAsync());

        Assert.Equal(2, refused["closed"]);
    }

    [Fact]
    public async Task EveryRole_DoesNotOpenASilosOwnServices()
    {
        var grains = await fixture.AsAsync("read submit erase");
        var control = typeof(ClientConnectionOptions).Assembly.GetType("Orleans.ISiloControl", throwOnError: true)!;
        var id = GrainId.Create(GrainType.Create("sys.svc.silo-control"), IdSpan.Create(fixture.Service<ILocalSiloDetails>(0).SiloAddress.ToParsableString()));
        var service = typeof(IGrainFactory).GetMethod(nameof(IGrainFactory.GetGrain), 1, [typeof(GrainId)])!.MakeGenericMethod(control).Invoke(grains, [id]);

        var refused = await RefusedAsync(AccessRole.None, () => (Task)control.GetMethod("ForceGarbageCollection")!.Invoke(service, [CancellationToken.None])!);

        Assert.StartsWith("The call ISiloControl.ForceGarbageCollection is refused: it is for the cluster's own use", refused.Message, StringComparison.Ordinal);
    }

    private async Task RegisterAsync(string population) =>
        await (await fixture.AsAsync("submit")).GetGrain<IPopulation>(population).RegisterAsync(TinyStudy.Pushed());

    private static IDevice Device(IGrainFactory grains) => grains.GetGrain<IDevice>(DeviceKey.Of("roles", "d1"));

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static async Task<AccessDeniedException> RefusedAsync(AccessRole required, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<AccessDeniedException>(call);
        Assert.Equal(required, refused.Required);
        return refused;
    }
}
