using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Silo.Storage;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>Many states at once, on SQLite.</summary>
[Collection(Clusters.Name)]
public sealed class GroupedSqliteTests(SharedClusters shared) : GroupedStorageContract
{
    protected override IGrainStorage AdoNet => shared.One.Storage;

    private protected override IRowBatches Rows => new SqliteRows(new SqliteDataSource(shared.One.DatabaseFile), ServiceId);

    protected override T Service<T>(object? key = null) => shared.One.Services.GetRequiredKeyedService<T>(key);

    protected override Task<byte[][]> PayloadsOfAsync(string grainKey) => Task.FromResult(DatabaseRows.PayloadsOf(shared.One.DatabaseFile, grainKey, StateName));
}
