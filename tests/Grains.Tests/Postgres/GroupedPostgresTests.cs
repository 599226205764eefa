using Orleans.Storage;
using Sheaf.Abstractions;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Storage;
using Sheaf.Silo.Storage.Grouped;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>Many states at once, on PostgreSQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class GroupedPostgresTests(PostgresFixture fixture) : GroupedStorageContract
{
    protected override IGrainStorage AdoNet => fixture.Hosts.Storage;

    private protected override IRowBatches Rows => new PostgresRows(Service<PostgresDatabase>(), ServiceId);

    protected override T Service<T>(object? key = null) => fixture.Hosts.Service<T>(0, key);

    protected override Task<byte[][]> PayloadsOfAsync(string grainKey) => PostgresServer.PayloadsOfAsync(fixture.Database, grainKey, StateName);

    [SkippableFact]
    public async Task Write_OneThatTheDatabaseDoesNotTake_FailsAlone()
    {
        var storage = Storage;
        // PostgreSQL has no text with a zero in it.
        var writes = Enumerable.Range(0, 300).Select(at => storage.WriteStateAsync(
            StateName, GrainId.Create("test", at == 150 ? "broken/\0" : $"sound/{at}"), new GrainState<DeviceState>(new DeviceState()))).ToArray();

        await Assert.ThrowsAsync<StorageFailedException>(() => Task.WhenAll(writes));

        Assert.Equal([150], writes.Index().Where(write => !write.Item.IsCompletedSuccessfully).Select(write => write.Index));
    }
}
