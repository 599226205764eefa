using System.Globalization;
using Npgsql;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>Which database it is, for messages; never the password.</summary>
/// <param name="Host">The server, or several with commas, with their port.</param>
/// <param name="Database">The database.</param>
/// <param name="User">Who opens it.</param>
internal sealed record PostgresAddress(string Host, string Database, string User)
{
    /// <summary>Reads it out of a connection string.</summary>
    /// <param name="connectionString">The connection string.</param>
    /// <returns>The address.</returns>
    public static PostgresAddress Of(string connectionString)
    {
        var parsed = new NpgsqlConnectionStringBuilder(connectionString);
        var host = parsed.Host!.Contains(',', StringComparison.Ordinal) || parsed.Host.Contains(':', StringComparison.Ordinal)
            ? parsed.Host
            : string.Create(CultureInfo.InvariantCulture, $"{parsed.Host}:{parsed.Port}");
        return new PostgresAddress(host, parsed.Database!, parsed.Username ?? Environment.UserName);
    }

    /// <inheritdoc/>
    public override string ToString() => $"'{Database}' on '{Host}'";
}
