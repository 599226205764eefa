using Npgsql;
using NpgsqlTypes;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>Many rows of a PostgreSQL database at once: one statement, which gets them as arrays and commits or fails as a whole.</summary>
/// <param name="database">The database.</param>
/// <param name="service">The cluster's service, which has these rows.</param>
internal sealed class PostgresRows(PostgresDatabase database, string service) : IRowBatches
{
    private const string Key = """
        s.GrainIdHash = g.hash AND s.GrainTypeHash = g.typeHash AND s.GrainIdN0 = 0 AND s.GrainIdN1 = 0 AND s.ServiceId = @service
        AND s.GrainTypeString = g.type AND s.GrainIdExtensionString = g.grain AND hashtextextended(s.GrainIdExtensionString, 0) = hashtextextended(g.grain, 0)
        """;

    // OFFSET 0 keeps the server from joining in another way than by looking each row up in the index: of a table that has just been filled it knows no
    // statistics, and would compare every row with every other.
    private const string Read = $"""
        SELECT g.at, found.PayloadBinary, found.Version
        FROM unnest(@at, @hash, @typeHash, @type, @grain) AS g(at, hash, typeHash, type, grain),
            LATERAL (SELECT s.PayloadBinary, s.Version FROM OrleansStorage s WHERE {Key} OFFSET 0) found
        """;

    private const string Write = $"""
        WITH given AS (
            SELECT * FROM unnest(@at, @hash, @typeHash, @type, @grain, @payload, @version) AS g(at, hash, typeHash, type, grain, payload, version)),
        changed AS (
            UPDATE OrleansStorage t SET PayloadBinary = g.payload, ModifiedOn = now(), Version = t.Version + 1
            FROM given g, LATERAL (SELECT s.ctid FROM OrleansStorage s WHERE {Key} AND s.Version = g.version OFFSET 0) found
            WHERE t.ctid = found.ctid AND t.Version = g.version
            RETURNING g.at, t.Version),
        added AS (
            INSERT INTO OrleansStorage
                (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
            SELECT hash, 0, 0, typeHash, type, grain, @service, payload, now(), 1 FROM given WHERE version IS NULL
            ON CONFLICT DO NOTHING
            RETURNING GrainTypeString, GrainIdExtensionString, Version)
        SELECT at, Version FROM changed
        UNION ALL
        SELECT g.at, a.Version FROM added a JOIN given g ON g.type = a.GrainTypeString AND g.grain = a.GrainIdExtensionString
        """;

    /// <inheritdoc/>
    /// <remarks>While the server works on one batch, the next one is on its way.</remarks>
    public int Lanes => 2;

    /// <inheritdoc/>
    public async Task<StoredRow?[]> ReadAsync(IReadOnlyList<RowKey> keys)
    {
        var found = new StoredRow?[keys.Count];
        await DoAsync(Read, keys, _ => { }, rows => found[rows.GetInt32(0)] = new StoredRow(rows.IsDBNull(1) ? null : rows.GetFieldValue<byte[]>(1), rows.GetInt32(2)));
        return found;
    }

    /// <inheritdoc/>
    public async Task<int?[]> WriteAsync(IReadOnlyList<RowWrite> writes)
    {
        // Two silos that write the same rows take them in the same order, so that neither waits for the other in a circle.
        var order = Enumerable.Range(0, writes.Count).OrderBy(at => writes[at].Key.State, StringComparer.Ordinal).ThenBy(at => writes[at].Key.Grain, StringComparer.Ordinal).ToArray();
        var versions = new int?[writes.Count];
        await DoAsync(
            Write,
            Array.ConvertAll(order, at => writes[at].Key),
            given =>
            {
                given.Add(new NpgsqlParameter("payload", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { Value = Array.ConvertAll(order, at => writes[at].Payload) });
                given.Add(new NpgsqlParameter("version", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = Array.ConvertAll(order, at => writes[at].Version) });
            },
            rows => versions[order[rows.GetInt32(0)]] = rows.GetInt32(1));
        return versions;
    }

    private async Task DoAsync(string statement, IReadOnlyList<RowKey> keys, Action<NpgsqlParameterCollection> addMore, Action<NpgsqlDataReader> take)
    {
        try
        {
            await using var connection = await database.States.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(statement, connection);
            command.Parameters.AddWithValue("service", service);
            command.Parameters.AddWithValue("at", Enumerable.Range(0, keys.Count).ToArray());
            command.Parameters.AddWithValue("hash", keys.Select(key => key.GrainHash).ToArray());
            command.Parameters.AddWithValue("typeHash", keys.Select(key => key.StateHash).ToArray());
            command.Parameters.AddWithValue("type", keys.Select(key => key.State).ToArray());
            command.Parameters.AddWithValue("grain", keys.Select(key => key.Grain).ToArray());
            addMore(command.Parameters);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                take(rows);
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresFailure.Of(database.Address, exception);
        }
    }
}
