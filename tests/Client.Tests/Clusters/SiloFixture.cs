using System.Net;
using System.Net.Sockets;
using Sheaf.Crash.Tests.Fixtures;

namespace Sheaf.Client.Tests.Clusters;

/// <summary>A silo of its own process, as 'dotnet run --project silo' starts it.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-silo-");
    private SiloProcess? _silo;

    /// <summary>What '--cluster' takes.</summary>
    internal string Address => $"sheaf@127.0.0.1:{_silo!.Place.GatewayPort}";

    internal SiloProcess Silo => _silo!;

    public async Task InitializeAsync() => await StartAsync(PlaceOf());

    /// <summary>Kills the silo and starts it anew on what it has stored.</summary>
    internal async Task RestartAsync()
    {
        var place = _silo!.Place;
        await _silo.KillAsync();
        await _silo.DisposeAsync();
        await StartAsync(place);
    }

    public async Task DisposeAsync()
    {
        await _silo!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(SiloPlace place)
    {
        _silo = SiloProcess.Start(place, [("Storage:Folder", Path.Combine(_folder.FullName, "data")), ("Lanes", "1")], _folder.FullName);
        await _silo.ReadyAsync(TimeSpan.FromMinutes(2));
    }

    private static SiloPlace PlaceOf()
    {
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return new SiloPlace("only", ports[0], ports[1], ports[2]);
    }
}
