using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Two silos that speak TLS, and clients of several roles.</summary>
public sealed class TlsFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IHost>>> _clients = new(StringComparer.Ordinal);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-tls-");
    private readonly List<IHost> _silos = [];

    internal TestAuthority Silos { get; } = new("silos");

    internal TestAuthority Clients { get; } = new("clients");

    internal TestAuthority Rogue { get; } = new("rogue");

    /// <summary>What the first silo shows; tests may replace and restore it.</summary>
    internal Signed FirstSilo { get; private set; } = null!;

    internal int[] SiloPorts { get; } = [TlsHosts.FreePort(), TlsHosts.FreePort()];

    internal int[] GatewayPorts { get; } = [TlsHosts.FreePort(), TlsHosts.FreePort()];

    internal LogLines Log { get; } = new();

    internal string Folder => _folder.FullName;

    internal T Service<T>(int silo)
        where T : notnull => _silos[silo].Services.GetRequiredService<T>();

    /// <summary>The grains as a client sees them that has the given roles; connected to the first silo once for all tests.</summary>
    internal async Task<IGrainFactory> AsAsync(string roles) =>
        (await _clients.GetOrAdd(roles, _ => new(() => StartAsync(Clients.Client(roles)))).Value).Services.GetRequiredService<IGrainFactory>();

    internal async Task<IHost> StartAsync(Signed client)
    {
        var host = TlsHosts.Client(client.Trusting(Silos), GatewayPorts[0]);
        await host.StartAsync();
        return host;
    }

    internal IEnumerable<string> Audit() => Directory.GetFiles(Folder, "audit-*.jsonl").SelectMany(File.ReadAllLines);

    public async Task InitializeAsync()
    {
        FirstSilo = Silos.Silo();
        Signed[] shown = [FirstSilo, Silos.Silo()];
        for (var silo = 0; silo < 2; silo++)
        {
            var tls = shown[silo].Trusting(Silos, Clients) with { HandshakeTimeout = TimeSpan.FromSeconds(2) };
            _silos.Add(TlsHosts.Silo(tls, Folder, SiloPorts[silo], GatewayPorts[silo], SiloPorts[0], Log));
            await _silos[silo].StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await (await client.Value).StopAsync();
            (await client.Value).Dispose();
        }

        await Task.WhenAll(_silos.Select(silo => silo.StopAsync()));
        _silos.ForEach(silo => silo.Dispose());
        Silos.Dispose();
        Clients.Dispose();
        Rogue.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>The tests that share the two silos.</summary>
[CollectionDefinition(Name)]
public sealed class TlsTests : ICollectionFixture<TlsFixture>
{
    public const string Name = "tls";
}
