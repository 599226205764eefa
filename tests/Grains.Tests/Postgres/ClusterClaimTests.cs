using Orleans.Configuration;
using Sheaf.Abstractions;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>Clusters that share a database: those of the fixture's silos is 'test', of the service 'sheaf'.</summary>
[Collection(PostgresTests.Name)]
public sealed class ClusterClaimTests(PostgresFixture fixture)
{
    [SkippableFact]
    public async Task Ensure_TheSameAgain_Passes()
    {
        Assert.NotNull(fixture.Hosts);

        await EnsureAsync("test", "sheaf");
    }

    [SkippableFact]
    public async Task Ensure_OneIdAndAnotherService_IsRefusedForGood()
    {
        Assert.NotNull(fixture.Hosts);

        var refused = await Assert.ThrowsAsync<StorageFailedException>(() => EnsureAsync("test", "other"));

        Assert.Equal(
            ($"The cluster 'test' keeps its states in the database 'hosts' on '{fixture.Server.Host}' under the service id 'sheaf', and this silo looks for them under 'other'. "
                + "Give all of its silos that service id, or this one another cluster id.", false),
            (refused.Message, refused.IsPassing));
    }

    [SkippableFact]
    public async Task Ensure_AnotherIdOfAServiceThatRuns_IsRefusedUntilItIsGone()
    {
        Assert.NotNull(fixture.Hosts);

        var refused = await Assert.ThrowsAsync<StorageFailedException>(() => EnsureAsync("second", "sheaf"));
        await EnsureAsync("third", "another");

        Assert.StartsWith($"The cluster 'test' runs on the states of the service id 'sheaf' in the database 'hosts' on '{fixture.Server.Host}', and a second one, 'second',", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsPassing);
    }

    [SkippableFact]
    public async Task Ensure_AnotherIdOfAServiceWhoseSilosAreGone_Passes()
    {
        var database = await fixture.Server.CreateAsync("moved");
        await using (await PostgresHosts.StartAsync(fixture.OptionsOf(database), silos: 1))
        {
            // It runs and leaves.
        }

        await EnsureAsync("second", "sheaf", database);
    }

    private async Task EnsureAsync(string cluster, string service, string? connection = null)
    {
        await using var database = new PostgresDatabase(fixture.OptionsOf(connection ?? fixture.Database));
        await ClusterClaim.EnsureAsync(database, new ClusterOptions { ClusterId = cluster, ServiceId = service }, default);
    }
}
