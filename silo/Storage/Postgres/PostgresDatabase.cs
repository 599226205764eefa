using Npgsql;

namespace Sheaf.Silo.Storage.Postgres;

/// <summary>A silo's two pools of connections to the cluster's database.</summary>
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
    }

    public PostgresOptions Options { get; }

    public PostgresAddress Address { get; }

    /// <summary>For grains' states.</summary>
    public NpgsqlDataSource States { get; }

    /// <summary>For membership and reminders.</summary>
    public NpgsqlDataSource Membership { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        States.Dispose();
        Membership.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await States.DisposeAsync();
        await Membership.DisposeAsync();
    }

    private NpgsqlDataSource Pool(int size, string purpose)
    {
        var settings = new NpgsqlConnectionStringBuilder(Options.ConnectionString) { MaxPoolSize = size };
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, size);
        // What a person sees in pg_stat_activity.
        settings.ApplicationName ??= $"sheaf {purpose}";
        return NpgsqlDataSource.Create(settings);
    }
}
