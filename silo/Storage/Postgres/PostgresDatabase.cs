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
        Purges = Pool(PostgresOptions.PurgePoolSize, "purge", hasDetails: true);
    }

    public PostgresOptions Options { get; }

    public PostgresAddress Address { get; }

    /// <summary>For grains' states.</summary>
    public NpgsqlDataSource States { get; }

    /// <summary>For membership and reminders.</summary>
    public NpgsqlDataSource Membership { get; }

    /// <summary>For purges. It alone hears the details of what the server says, which for other statements may quote what a device holds.</summary>
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

    private NpgsqlDataSource Pool(int size, string purpose, bool hasDetails = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(Options.ConnectionString) { MinPoolSize = 0, MaxPoolSize = size, IncludeErrorDetail = hasDetails };
        // What a person sees in pg_stat_activity.
        settings.ApplicationName ??= $"sheaf {purpose}";
        return NpgsqlDataSource.Create(settings);
    }
}
