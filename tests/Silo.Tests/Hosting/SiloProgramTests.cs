using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using Sheaf.Crash.Tests.Fixtures;
using Sheaf.Grains;
using Sheaf.Grains.Tests.Postgres;
using Sheaf.Learning.Torch;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;
using Sheaf.Silo.Storage.Grouped;

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
            "--Lanes=1024", $"--Endpoints:SiloPort={ports[0]}", $"--Endpoints:GatewayPort={ports[1]}", $"--Endpoints:HealthPort={taken}", $"--Storage:Folder={_folder.FullName}");

        Assert.Equal(1, code);
        var cores = Environment.ProcessorCount;
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Warning: 1024 lanes on {cores} cores train no faster and answer later. Use at most {cores} (Lanes).\nThe silo could not start. One of its ports is in use on 127.0.0.1: {ports[0]} for silos, {ports[1]} for clients, {taken} for probes."), error);
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

    [SkippableFact]
    public async Task Run_OnTheDatabaseOfANewerSheaf_SaysSoAndEndsWithOne()
    {
        PostgresServer.SkipWithout();
        await using var server = await PostgresServer.StartAsync();
        var database = await server.CreateAsync("newer");
        await PostgresServer.ExecuteAsync(database, "CREATE TABLE SheafSchema (Version int NOT NULL); INSERT INTO SheafSchema (Version) VALUES (99)");
        var ports = FreePorts(3);

        var (code, output, error) = await RunAsync(
            $"--Endpoints:SiloPort={ports[0]}",
            $"--Endpoints:GatewayPort={ports[1]}",
            $"--Endpoints:HealthPort={ports[2]}",
            "--Storage:Kind=postgres",
            $"--Storage:ConnectionString={database}",
            $"--Storage:JournalFile={Path.Combine(_folder.FullName, "erasures.jsonl")}");

        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"^The silo could not start. The database 'newer' on '{server.Host}' has version 99; this Sheaf knows versions up to [0-9]+, and has left it as it is. Use a newer Sheaf, or another database.", error);
        Assert.Equal(["99"], await PostgresServer.QueryAsync(database, "SELECT CAST(Version AS text) FROM SheafSchema"));
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
    public async Task Process_ToldToStopWhileItStarts_EndsWithZero()
    {
        // A database that takes the call and never says a word: the silo waits for it.
        using var database = new TcpListener(IPAddress.Loopback, 0);
        database.Start();
        var called = database.AcceptTcpClientAsync();
        await using var silo = Start(
            ("Storage:Kind", "postgres"),
            ("Storage:ConnectionString", string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={((IPEndPoint)database.LocalEndpoint).Port};Database=sheaf;Username=u;Password=p")),
            ("Storage:JournalFile", Path.Combine(_folder.FullName, "erasures.jsonl")));
        using var call = await called.WaitAsync(Patience);

        silo.Terminate();

        Assert.Equal(0, await silo.EndAsync(Patience));
        Assert.Contains("The silo was told to stop before it was up.", silo.Log());
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

    [Fact]
    public async Task Run_CudaWithoutAny_SaysWhatToDoAndEndsWithOne()
    {
        if (!TorchTrainerFactory.Accelerators.IsEmpty)
        {
            return;
        }

        var (code, _, error) = await RunAsync("--Accelerators=cuda");

        Assert.Equal(1, code);
        Assert.StartsWith("The silo could not start. It is to compute on CUDA (Accelerators=cuda), and its libtorch is not built for CUDA or finds no driver.", error);
    }

    [Fact]
    public async Task Run_NoTorchThere_SaysSoAndEndsWithOne()
    {
        var (code, _, error) = await RunAsync($"--Torch:LibraryPath={_folder.FullName}");

        Assert.Equal(1, code);
        Assert.StartsWith($"The silo could not start. There is no libtorch in '{_folder.FullName}'", error);
    }

    [Fact]
    public async Task Process_GivenALibtorch_ComputesWithThatAndNoOther()
    {
        var torch = Directory.CreateDirectory(Path.Combine(_folder.FullName, "torch", "lib")).Parent!;
        var packaged = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        foreach (var file in Directory.GetFiles(packaged).Where(file => !file.Contains("LibTorchSharp", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(torch.FullName, "lib", Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(Path.Combine(torch.FullName, "build-version"), $"{TorchLibrary.BuiltFor}.0+cpu");

        await using var silo = Start(("Torch:LibraryPath", torch.FullName));
        await silo.ReadyAsync(Patience);
        var loaded = await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{silo.Id}/maps"));

        Assert.Contains($"{torch.FullName}/lib/libtorch_cpu.so", loaded);
        Assert.DoesNotContain($"{packaged}/libtorch", loaded);
        Assert.Contains("libLibTorchSharp.so", loaded);
    }

    [Fact]
    public async Task Accelerator_ComputesNoMore_IsNotReadyAndTheSiloEnds()
    {
        var ports = FreePorts(3);
        var (settings, problems) = SettingsReader.Read(SettingsReader.Load(
            _folder.FullName,
            [$"--Endpoints:SiloPort={ports[0]}", $"--Endpoints:GatewayPort={ports[1]}", $"--Endpoints:HealthPort={ports[2]}", $"--Storage:Folder={_folder.FullName}", "--Cluster:Silo=only"]));
        Assert.Empty(problems);
        await using var app = SiloHost.Build(settings, new SiloParts(1));
        await app.StartAsync();
        using var http = new HttpClient();
        var ready = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[2]}/health/ready"));
        // While the silo is told to stop, its probes are answered.
        var answer = Task.FromResult(("", HttpStatusCode.OK));
        app.Lifetime.ApplicationStopping.Register(() => answer = AskAsync());

        app.Services.GetRequiredService<AcceleratorHealth>().Check("cpu", new InvalidOperationException("too much memory"));
        Assert.False(app.Lifetime.ApplicationStopping.IsCancellationRequested);
        app.Services.GetRequiredService<AcceleratorHealth>().Check("cuda:99", new InvalidOperationException("gone"));
        var (text, code) = await answer.WaitAsync(Patience);
        await app.WaitForShutdownAsync();

        Assert.Equal(("only of sheaf: its accelerator cuda:99 computes no more\n", HttpStatusCode.ServiceUnavailable), (text, code));

        async Task<(string, HttpStatusCode)> AskAsync()
        {
            using var response = await http.GetAsync(ready);
            return (await response.Content.ReadAsStringAsync(), response.StatusCode);
        }
    }

    [Theory]
    [InlineData("grouped", true)]
    [InlineData("adonet", false)]
    public async Task Build_DevicesInOneWayOrTheOther_HasThatStorage(string devices, bool isGrouped)
    {
        var (settings, problems) = SettingsReader.Read(SettingsReader.Load(_folder.FullName, [$"--Storage:Devices={devices}", $"--Storage:Folder={_folder.FullName}"]));
        Assert.Empty(problems);

        await using var app = SiloHost.Build(settings, new SiloParts(1));

        Assert.Equal(isGrouped, app.Services.GetRequiredKeyedService<IGrainStorage>(StorageNames.Provider) is GroupedStorage);
    }

    private SiloProcess Start(params (string Key, string Value)[] settings)
    {
        var ports = FreePorts(3);
        return SiloProcess.Start(
            new SiloPlace("only", ports[0], ports[1], ports[2]), [.. settings.Any(setting => setting.Key == "Storage:Kind") ? [] : new[] { ("Storage:Folder", Path.Combine(_folder.FullName, "data")) }, .. settings], _folder.FullName);
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
