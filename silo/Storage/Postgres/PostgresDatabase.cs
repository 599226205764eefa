using Npgsql;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>A silo's pools of connections to the cluster's database.</summary>
internal sealed class PostgresDatabase : IDisposable, IAsyncDisposable
{
    /// <summary>Makes the pools; nothing is opened yet.</summary>
    /// <param name="options">Usable options.</param>
    public PostgresDatabase(PostgresOptions options)
    {
        Options = options;
        Address = PostgresAddress.Of(options.ConnectionString);
        States = Pool(options.PoolSize, "states");
        Membership = Pool(PostgresOptions.MembershipPoolSize, "membership");
        Purges = Open(new NpgsqlConnectionStringBuilder(options.ConnectionString) { Pooling = false, IncludeErrorDetail = true }, "purge");
    }

    public PostgresOptions Options { get; }

    public PostgresAddress Address { get; }

    /// <summary>For grains' states.</summary>
    public NpgsqlDataSource States { get; }

    /// <summary>For membership and reminders.</summary>
    public NpgsqlDataSource Membership { get; }

    /// <summary>For purges, without a pool: what a purge holds and has set ends with its connection. It alone hears the details of what the server says, which
    /// for other statements may quote what a device holds.</summary>
    public NpgsqlDataSource Purges { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        States.Dispose();
        Membership.Dispose();
        Purges.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await States.DisposeAsync();
        await Membership.DisposeAsync();
        await Purges.DisposeAsync();
    }

    private NpgsqlDataSource Pool(int size, string purpose) =>
        Open(new NpgsqlConnectionStringBuilder(Options.ConnectionString) { MinPoolSize = 0, MaxPoolSize = size }, purpose);

    private static NpgsqlDataSource Open(NpgsqlConnectionStringBuilder settings, string purpose)
    {
        // What a person sees in pg_stat_activity.
        settings.ApplicationName ??= $"sheaf {purpose}";
        return NpgsqlDataSource.Create(settings);
    }
}
