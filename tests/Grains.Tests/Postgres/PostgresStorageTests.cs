using Npgsql;
using Orleans.Storage;
using Sheaf.Grains.Tests.Storage;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What the grains rely on, on PostgreSQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresStorageTests(PostgresFixture fixture) : StorageContract
{
    protected override IGrainStorage Storage => fixture.Hosts.Storage;

    protected override async Task<byte[][]> PayloadsOfAsync(string grainKey)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Database);
        await using var query = source.CreateCommand("SELECT PayloadBinary FROM OrleansStorage WHERE GrainIdExtensionString LIKE '%' || $1");
        query.Parameters.AddWithValue(grainKey);
        await using var rows = await query.ExecuteReaderAsync();
        var payloads = new List<byte[]>();
        while (await rows.ReadAsync())
        {
            payloads.Add((byte[])rows[0]);
        }

        return [.. payloads];
    }
}
