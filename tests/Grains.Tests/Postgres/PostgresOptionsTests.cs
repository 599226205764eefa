using Microsoft.Extensions.Hosting;
using Sheaf.Silo.Storage.Postgres;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>What is refused before any server is asked.</summary>
public sealed class PostgresOptionsTests
{
    private static readonly PostgresOptions Usable = new() { ConnectionString = "Host=db;Database=sheaf;Username=ann;Password=secret", JournalFile = "/journal/erasures.jsonl" };

    [Fact]
    public void Defaults_AreTheDocumentedOnes() => Assert.Equal(
        (20, 4, 2, 1), (Usable.PoolSize, Usable.Silos, PostgresOptions.MembershipPoolSize, PostgresOptions.PurgeConnections));

    [Fact]
    public void ToString_SaysWhereAndNoPassword() => Assert.Equal("PostgreSQL, 'sheaf' on 'db:5432'", Usable.ToString());

    [Fact]
    public void EnsureUsable_EverythingWrong_NamesAllProblemsAndNoPartOfThePassword()
    {
        var options = new PostgresOptions { ConnectionString = "Host=db;Password=se;cret", JournalFile = "erasures.jsonl", PoolSize = 0, Silos = 1001 };

        var refused = Assert.Throws<ArgumentException>(options.EnsureUsable);

        Assert.Equal(
            "PostgreSQL cannot be used like this. The connection string cannot be read: write 'Host=…;Database=…;Username=…;Password=…', and put quotes around values that have ';' or '='. "
            + "The journal of erasures 'erasures.jsonl' is no full path: name a file on a volume that all silos share. PoolSize is 0: it must be 1 to 1000. Silos is 1001: it must be 1 to 1000.",
            refused.Message);
    }

    [Fact]
    public void EnsureUsable_NoDatabase_SaysSo() => Assert.Equal(
        "PostgreSQL cannot be used like this. The connection string names no host or no database: write 'Host=…;Database=…;Username=…;Password=…'.",
        Assert.Throws<ArgumentException>((Usable with { ConnectionString = "Host=db" }).EnsureUsable).Message);

    [Fact]
    public void AddPostgresStorage_OtherOptionsThanClustering_IsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => Host.CreateApplicationBuilder().UseOrleans(silo =>
            silo.UsePostgresClustering(Usable).AddPostgresStorage(Usable with { PoolSize = 5 })));

        Assert.StartsWith("The silo has PostgreSQL with other options already: give its storage and its clustering the same.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddPostgresStorage_SameOptionsAsClustering_OpensOneDatabase()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => silo.UsePostgresClustering(Usable).AddPostgresStorage(Usable with { }));

        Assert.Single(builder.Services, service => service.ServiceType == typeof(PostgresDatabase));
    }
}
