using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What silos rely on to agree who is a member, and what reminders rely on.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresMembershipTests(PostgresFixture fixture)
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [SkippableFact]
    public async Task Insert_TableHasMovedOn_IsRefusedAndChangesNothing()
    {
        await using var tables = await StartAsync("insert_row");
        var (members, empty) = (tables.Members, (await tables.Members.ReadAllAsync()).Version);
        var (one, two) = (Entry(1), Entry(2));

        Assert.True(await members.InsertRowAsync(one, empty.Next()));
        Assert.False(await members.InsertRowAsync(two, empty.Next()));
        var table = await members.ReadAllAsync();
        Assert.False(await members.InsertRowAsync(one, table.Version.Next()));

        var (read, _) = Assert.Single((await members.ReadAllAsync()).Members);
        Assert.Equal((1, table.Version.Version), (empty.Next().Version, (await members.ReadAllAsync()).Version.Version));
        Assert.Equal(
            (one.SiloAddress, one.SiloName, one.HostName, one.Status, one.ProxyPort, one.StartTime, one.IAmAliveTime),
            (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort, read.StartTime, read.IAmAliveTime));
    }

    [SkippableFact]
    public async Task Insert_ByTenAtOnceWithTheSameVersion_LetsExactlyOneThrough()
    {
        await using var tables = await StartAsync("insert_raced");
        var empty = (await tables.Members.ReadAllAsync()).Version;

        var done = await Task.WhenAll(Enumerable.Range(1, 10).Select(silo => Task.Run(() => tables.Members.InsertRowAsync(Entry(silo), empty.Next()))));

        Assert.Single(done, isDone => isDone);
        Assert.Single((await tables.Members.ReadAllAsync()).Members);
    }

    [SkippableFact]
    public async Task Update_WithTheVersionOfBefore_IsRefusedAndChangesNothing()
    {
        await using var tables = await StartAsync("update_row");
        var (members, entry) = (tables.Members, Entry(1));
        await members.InsertRowAsync(entry, (await members.ReadAllAsync()).Version.Next());
        var row = await members.ReadRowAsync(entry.SiloAddress);
        var etag = Assert.Single(row.Members).Item2;

        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(Entry(2).SiloAddress, Start.AddMinutes(2));
        Assert.True(await members.UpdateRowAsync(entry, etag, row.Version.Next()));
        entry.Status = SiloStatus.Active;
        Assert.False(await members.UpdateRowAsync(entry, etag, row.Version.Next()));
        var now = (await members.ReadAllAsync()).Version;
        Assert.False(await members.UpdateRowAsync(Entry(3), now.VersionEtag, now.Next()));

        var read = await members.ReadRowAsync(entry.SiloAddress);
        Assert.Equal((SiloStatus.Dead, now.Version), (read.Members[0].Item1.Status, read.Version.Version));
        Assert.Equal(Entry(2).SiloAddress, Assert.Single(read.Members[0].Item1.SuspectTimes!).Item1);
        Assert.Empty((await members.ReadRowAsync(Entry(3).SiloAddress)).Members);
    }

    [SkippableFact]
    public async Task Cleanup_OldEntries_TakesTheDeadOnesAlone()
    {
        await using var tables = await StartAsync("cleanup");
        var members = tables.Members;
        foreach (var silo in new[] { 1, 2, 3 })
        {
            var entry = Entry(silo);
            entry.Status = silo == 1 ? SiloStatus.Active : SiloStatus.Dead;
            await members.InsertRowAsync(entry, (await members.ReadAllAsync()).Version.Next());
        }

        var alive = Entry(3);
        alive.IAmAliveTime = Start.AddDays(1);
        await members.UpdateIAmAliveAsync(alive);
        await members.CleanupDefunctSiloEntriesAsync(Start.AddHours(1));

        var left = (await members.ReadAllAsync()).Members.Select(member => member.Item1.SiloName);
        Assert.Equal(["silo-1", "silo-3"], left.Order());
        await members.DeleteMembershipTableEntriesAsync("test");
        var counts = await PostgresServer.QueryAsync(
            fixture.Server.ConnectionString("cleanup"), "SELECT (SELECT count(*) FROM OrleansMembership) + (SELECT count(*) FROM OrleansMembershipVersion)");
        Assert.Equal("0", Assert.Single(counts));
    }

    [SkippableFact]
    public async Task Reminders_WrittenAgainAndRemoved_FollowTheirEtags()
    {
        await using var tables = await StartAsync("reminders");
        var (reminders, id) = (tables.Reminders, GrainId.Create("task", "tiny"));
        ReminderEntry Entry(TimeSpan period) => new() { GrainId = id, ReminderName = "wake", StartAt = Start, Period = period };

        var first = await reminders.UpsertRow(Entry(TimeSpan.FromMinutes(1)));
        // Longer than fits into 32 bits of milliseconds.
        var second = await reminders.UpsertRow(Entry(TimeSpan.FromDays(40)));

        var read = await reminders.ReadRow(id, "wake");
        Assert.Equal((TimeSpan.FromDays(40), Start, second), (read!.Period, read.StartAt, read.ETag));
        Assert.NotEqual(first, second);
        var hash = id.GetUniformHashCode();
        Assert.Single((await reminders.ReadRows(hash - 1, hash)).Reminders);
        Assert.Empty((await reminders.ReadRows(hash, hash + 1)).Reminders);
        // A range that goes over the ring's end, with and without it.
        Assert.Single((await reminders.ReadRows(hash - 1, hash - 2)).Reminders);
        Assert.Empty((await reminders.ReadRows(hash, hash - 1)).Reminders);
        Assert.False(await reminders.RemoveRow(id, "wake", first!));
        Assert.Single((await reminders.ReadRows(id)).Reminders);
        Assert.True(await reminders.RemoveRow(id, "wake", second!));
        Assert.Empty((await reminders.ReadRows(id)).Reminders);
    }

    private static MembershipEntry Entry(int silo) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11000 + silo, silo),
        SiloName = $"silo-{silo}",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 30000 + silo,
        StartTime = Start,
        IAmAliveTime = Start.AddMinutes(1),
    };

    private async Task<Tables> StartAsync(string name)
    {
        var host = PostgresHosts.Build(fixture.OptionsOf(await fixture.Server.CreateAsync(name)), "unstarted");
        await PostgresStart.EnsureAsync(host.Services.GetRequiredService<PostgresDatabase>(), TimeProvider.System, default);
        var tables = new Tables(host, host.Services.GetRequiredService<IMembershipTable>(), host.Services.GetRequiredService<IReminderTable>());
        await tables.Members.InitializeMembershipTableAsync(tryInitTableVersion: true);
        await tables.Reminders.StartAsync();
        return tables;
    }

    private sealed record Tables(IHost Host, IMembershipTable Members, IReminderTable Reminders) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await ((IAsyncDisposable)Host).DisposeAsync();
    }
}
