using Orleans.Storage;
using Sheaf.Grains.Tests.Storage;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What the grains rely on, on PostgreSQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresStorageTests(PostgresFixture fixture) : StorageContract
{
    protected override IGrainStorage Storage => fixture.Hosts.Storage;

    protected override Task<byte[][]> PayloadsOfAsync(string grainKey) => PostgresServer.PayloadsOfAsync(fixture.Database, grainKey, StateName);
}
