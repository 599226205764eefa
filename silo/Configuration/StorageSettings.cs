using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Silo.Configuration;

/// <summary>Where a silo keeps states.</summary>
public sealed record StorageSettings
{
    /// <summary>The kind of database.</summary>
    [Description("sqlite: a file of this machine, for a cluster of one silo. postgres: a database that all silos share.")]
    public StorageKind Kind { get; init; } = StorageKind.Sqlite;

    /// <summary>The folder of the SQLite file.</summary>
    [Description("The folder of the SQLite file and of the journal of erasures. Created when missing. sqlite only.")]
    public string Folder { get; init; } = "data";

    /// <summary>Where PostgreSQL is.</summary>
    [Description("Where PostgreSQL is: Host=…;Database=…;Username=…;Password=…. postgres only.")]
    public string ConnectionString { get; init; } = "";

    /// <summary>The journal of erasures.</summary>
    [Description("The journal of erasures: a file on a volume that all silos share and that is not restored with the database. postgres only.")]
    public string JournalFile { get; init; } = "";

    /// <summary>Connections for states.</summary>
    [Description("The most connections for states that this silo opens. postgres only.")]
    [Range(1, 1000)]
    public int PoolSize { get; init; } = 20;

    /// <summary>The most silos at once.</summary>
    [Description("The most silos that run at once, those of an upgrade included: what they open together must stay under the server's max_connections. postgres only.")]
    [Range(1, 1000)]
    public int Silos { get; init; } = 4;

    /// <summary>How states of devices are written.</summary>
    [Description("grouped: what devices read and write while the database is at work goes into one batch. adonet: each state alone, by Orleans' AdoNet storage. The rows are the same.")]
    public DeviceStorageKind Devices { get; init; } = DeviceStorageKind.Grouped;

    /// <summary>These settings as PostgreSQL's storage has them.</summary>
    internal PostgresOptions Postgres => new() { ConnectionString = ConnectionString, JournalFile = JournalFile, PoolSize = PoolSize, Silos = Silos };

    internal IEnumerable<string> Problems(EndpointSettings endpoints)
    {
        if (Kind == StorageKind.Postgres)
        {
            return Postgres.Problems();
        }

        return SqliteProblems(endpoints);
    }

    private IEnumerable<string> SqliteProblems(EndpointSettings endpoints)
    {
        // What one silo keeps in its own file no other one can share, so nobody has to reach it.
        if (IPAddress.TryParse(endpoints.Address, out var address) && !IPAddress.IsLoopback(address))
        {
            yield return $"Storage:Kind is sqlite, which is for one silo on a machine of its own, and Endpoints:Address is {endpoints.Address}. Use 127.0.0.1, or Storage:Kind postgres.";
        }

        if (ConnectionString.Length > 0 || JournalFile.Length > 0)
        {
            yield return $"Storage:Kind is sqlite, and {(ConnectionString.Length > 0 ? "Storage:ConnectionString" : "Storage:JournalFile")} is for postgres. Take it out, or use Storage:Kind postgres.";
        }
    }
}

/// <summary>The kind of database.</summary>
public enum StorageKind
{
    /// <summary>A file of this machine.</summary>
    Sqlite,

    /// <summary>A server that all silos share.</summary>
    Postgres,
}
