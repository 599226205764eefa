using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sheaf.Crash.Tests.Fixtures;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Tests.Hosting;

public sealed class SiloProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-silo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_Help_ListsAllSettings()
    {
        var (code, output, error) = await RunAsync("--help");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("  Endpoints:GatewayPort  (30000)\n      The port for clients", output);
    }

    [Fact]
    public async Task Run_WrongSettings_SaysWhichAndEndsWithTwo()
    {
        var (code, output, error) = await RunAsync("--Lanes=no", "--StopTime=never");

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("The silo cannot start with these settings:\n  Lanes is 'no'", error);
        Assert.Contains("\n  StopTime is 'never'", error);
    }

    [Fact]
    public async Task Run_PortInUse_SaysWhichOnesItNeedsAndEndsWithOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (ports, taken) = (FreePorts(2), ((IPEndPoint)listener.LocalEndpoint).Port);

        var (code, _, error) = await RunAsync(
            $"--Endpoints:SiloPort={ports[0]}", $"--Endpoints:GatewayPort={ports[1]}", $"--Endpoints:HealthPort={taken}", $"--Storage:Folder={_folder.FullName}");

        Assert.Equal(1, code);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"The silo could not start. One of its ports is in use on 127.0.0.1: {ports[0]} for silos, {ports[1]} for clients, {taken} for probes."), error);
    }

    [Fact]
    public async Task Run_NoDatabaseThere_SaysWhyAndEndsWithOne()
    {
        var ports = FreePorts(4);

        var (code, _, error) = await RunAsync(
            $"--Endpoints:SiloPort={ports[0]}",
            $"--Endpoints:GatewayPort={ports[1]}",
            $"--Endpoints:HealthPort={ports[2]}",
            "--Storage:Kind=postgres",
            $"--Storage:ConnectionString=Host=127.0.0.1;Port={ports[3]};Database=sheaf;Username=u;Password=secret",
            $"--Storage:JournalFile={Path.Combine(_folder.FullName, "erasures.jsonl")}");

        Assert.Equal(1, code);
        Assert.Contains("cannot be reached", error);
        Assert.DoesNotContain("secret", error);
    }

    [Fact]
    public async Task Process_ToldToStop_AnswersProbesUntilThenAndEndsWithZero()
    {
        await using var silo = Start();
        await silo.ReadyAsync(Patience);
        using var http = new HttpClient();
        var live = await http.GetStringAsync(new Uri(silo.Place.Ready, "/health/live"));
        silo.Terminate();

        Assert.Equal(0, await silo.EndAsync(Patience));
        Assert.Equal("only of sheaf: live\n", live);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"--cluster sheaf@127.0.0.1:{silo.Place.GatewayPort}"), silo.Log());
    }

    [Fact]
    public async Task Process_ToldToStopTwice_EndsAtOnce()
    {
        await using var silo = Start();
        await silo.ReadyAsync(Patience);
        silo.Freeze();
        // Both are waiting for it when it goes on, and neither can be overtaken by its end.
        silo.Terminate();
        silo.Interrupt();
        silo.Thaw();

        Assert.Contains(await silo.EndAsync(Patience), (int[])[130, 143]);
    }

    private SiloProcess Start()
    {
        var ports = FreePorts(3);
        return SiloProcess.Start(new SiloPlace("only", ports[0], ports[1], ports[2]), [("Storage:Folder", Path.Combine(_folder.FullName, "data"))], _folder.FullName);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (await SiloProgram.RunAsync(args, output, error), output.ToString(), error.ToString());
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        Array.ForEach(listeners, listener => listener.Start());
        var ports = Array.ConvertAll(listeners, listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }
}
