using Microsoft.Data.Sqlite;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Silo.Storage;

/// <summary>Many rows of a SQLite database at once: one connection, one transaction, each statement prepared once.</summary>
/// <param name="source">The database.</param>
/// <param name="service">The cluster's service, which has these rows.</param>
internal sealed class SqliteRows(SqliteDataSource source, string service) : IRowBatches
{
    private const string Key = """
        GrainIdHash = @hash AND GrainTypeHash = @typeHash AND ServiceId = @service AND GrainIdN0 = 0 AND GrainIdN1 = 0
        AND GrainTypeString = @type AND GrainIdExtensionString = @grain
        """;

    private const string Read = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {Key}";

    private const string Change = $"""
        UPDATE OrleansStorage SET PayloadBinary = @payload, ModifiedOn = datetime('now'), Version = Version + 1
        WHERE {Key} AND Version = @version
        RETURNING Version
        """;

    private const string Add = """
        INSERT INTO OrleansStorage
            (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString, GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
        VALUES (@hash, 0, 0, @typeHash, @type, @grain, @service, @payload, datetime('now'), 1)
        ON CONFLICT DO NOTHING
        RETURNING Version
        """;

    /// <inheritdoc/>
    /// <remarks>SQLite computes on the thread that asks, and lets one write at a time.</remarks>
    public int Lanes => 1;

    /// <inheritdoc/>
    public Task<StoredRow?[]> ReadAsync(IReadOnlyList<RowKey> keys) => Task.FromResult(Do(connection =>
    {
        using var read = new Statement(connection, Read, service);
        return keys.Select(key => read.First(key, rows => new StoredRow(rows.IsDBNull(0) ? null : (byte[])rows[0], rows.GetInt32(1)))).ToArray();
    }));

    /// <inheritdoc/>
    public Task<int?[]> WriteAsync(IReadOnlyList<RowWrite> writes) => Task.FromResult(Do(connection =>
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var change = new Statement(connection, Change, service);
        using var add = new Statement(connection, Add, service);
        var versions = new int?[writes.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            var write = writes[i];
            versions[i] = (write.Version is null ? add : change).First(write.Key, rows => (int?)rows.GetInt32(0), write.Payload, write.Version);
        }

        transaction.Commit();
        return versions;
    }));

    private T Do<T>(Func<SqliteConnection, T> act)
    {
        try
        {
            using var connection = (SqliteConnection)source.OpenConnection();
            return act(connection);
        }
        catch (SqliteException exception)
        {
            throw SqliteFailure.Of(source.File, exception);
        }
    }

    /// <summary>A statement about one row after another.</summary>
    private sealed class Statement : IDisposable
    {
        private readonly SqliteCommand _command;

        public Statement(SqliteConnection connection, string text, string service)
        {
            _command = connection.CreateCommand();
            _command.CommandText = text;
            _command.Parameters.AddWithValue("@service", service);
            foreach (var name in new[] { "@hash", "@typeHash", "@type", "@grain", "@payload", "@version" })
            {
                _command.Parameters.AddWithValue(name, DBNull.Value);
            }
        }

        /// <summary>Executes it about a row.</summary>
        /// <returns>Its first answer; nothing when there is none.</returns>
        public T? First<T>(RowKey key, Func<SqliteDataReader, T> take, byte[]? payload = null, int? version = null)
        {
            var given = _command.Parameters;
            (given["@hash"].Value, given["@typeHash"].Value, given["@type"].Value, given["@grain"].Value) = (key.GrainHash, key.StateHash, key.State, key.Grain);
            (given["@payload"].Value, given["@version"].Value) = ((object?)payload ?? DBNull.Value, (object?)version ?? DBNull.Value);
            using var rows = _command.ExecuteReader();
            return rows.Read() ? take(rows) : default;
        }

        public void Dispose() => _command.Dispose();
    }
}
