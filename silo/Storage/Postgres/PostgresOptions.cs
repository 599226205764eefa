using Npgsql;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>How a silo uses PostgreSQL. All silos of a cluster have the same.</summary>
public sealed record PostgresOptions
{
    /// <summary>The connections that every silo keeps for membership and reminders, apart from those for states: it must be able to say that it is
    /// alive while all of these are busy.</summary>
    /// <value>2.</value>
    public const int MembershipPoolSize = 2;

    /// <summary>The connection that a silo opens while it purges.</summary>
    /// <value>1.</value>
    public const int PurgeConnections = 1;

    /// <summary>Where the database is and who opens it, in Npgsql's form. The pool's size in it is not used.</summary>
    /// <value>For example <c>Host=db;Database=sheaf;Username=sheaf;Password=…</c>. No default. The database must be there, with the encoding UTF8,
    /// and its user must be allowed to create tables in it.</value>
    public required string ConnectionString { get; init; }

    /// <summary>The journal of erasures: a file on a volume that every silo sees under this path and that is not restored together with the database.
    /// One silo writes it at a time.</summary>
    /// <value>The full path of a file in a folder that is there; the file is created with the first erasure. No default: without a journal,
    /// a database restored from a backup would bring back what was erased.</value>
    public required string JournalFile { get; init; }

    /// <summary>The most connections that one silo has open for grains' states.</summary>
    /// <value>1 to 1,000; default 20.</value>
    public int PoolSize { get; init; } = 20;

    /// <summary>The most silos that run at once, those included that an upgrade starts before it stops the old ones. What they open together must stay under the
    /// server's <c>max_connections</c>, which is checked on start.</summary>
    /// <value>1 to 1,000; default 4.</value>
    public int Silos { get; init; } = 4;

    /// <summary>The address without the secrets in it.</summary>
    /// <returns>What may be logged.</returns>
    public override string ToString() => $"PostgreSQL, {Problems().Count switch { 0 => PostgresAddress.Of(ConnectionString).ToString(), _ => "not usable" }}";

    /// <summary>Throws when the options cannot be used.</summary>
    /// <exception cref="ArgumentException">They cannot; the message names all problems.</exception>
    internal void EnsureUsable()
    {
        if (Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException($"PostgreSQL cannot be used like this. {string.Join(" ", problems)}");
        }
    }

    /// <summary>What keeps the options from being used.</summary>
    /// <returns>A sentence or two for each problem; empty when there is none.</returns>
    internal List<string> Problems()
    {
        var problems = new List<string>();
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
            if (string.IsNullOrEmpty(parsed.Host) || string.IsNullOrEmpty(parsed.Database))
            {
                problems.Add("The connection string names no host or no database: write 'Host=…;Database=…;Username=…;Password=…'.");
            }
        }
        catch (ArgumentException)
        {
            // What it complains of may be the end of a password.
            problems.Add("The connection string cannot be read: write 'Host=…;Database=…;Username=…;Password=…', and put quotes around values that have ';' or '='.");
        }

        if (!Path.IsPathFullyQualified(JournalFile))
        {
            problems.Add($"The journal of erasures '{JournalFile}' is no full path: name a file on a volume that all silos share.");
        }

        if (PoolSize is < 1 or > 1000)
        {
            problems.Add($"PoolSize is {PoolSize}: it must be 1 to 1000.");
        }

        if (Silos is < 1 or > 1000)
        {
            problems.Add($"Silos is {Silos}: it must be 1 to 1000.");
        }

        return problems;
    }
}
