using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sheaf.Grains.Tests.Postgres;

/// <summary>A PostgreSQL server of the machine's own programs, on a folder and a port of its own; thrown away at the end.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string Admin = "admin";
    public const string Password = "a p'ss;w=rd";

    private const string Nobody = "65534";

    private readonly DirectoryInfo _folder;
    private readonly string _programs;
    private readonly int _port;

    private PostgresServer(DirectoryInfo folder, string programs, int port) => (_folder, _programs, _port) = (folder, programs, port);

    /// <summary>The server's files.</summary>
    public string DataFolder => Path.Combine(_folder.FullName, "data");

    /// <summary>A folder that goes with the server.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Its address, as messages have it.</summary>
    public string Host => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Where Debian and Red Hat put the server's programs, or a folder of the path; null when there are none.</summary>
    public static string? Programs { get; } = new[] { "/usr/lib/postgresql", "/usr" }
        .Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateDirectories(root, root == "/usr" ? "pgsql-*" : "*").OrderDescending(StringComparer.Ordinal))
        .Select(version => Path.Combine(version, "bin"))
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        .FirstOrDefault(folder => IsThere(Path.Combine(folder, "initdb")) && IsThere(Path.Combine(folder, "pg_ctl")));

    /// <summary>Skips the test when the machine has no server.</summary>
    public static void SkipWithout() =>
        Skip.If(Programs is null, "There is no PostgreSQL server here (initdb, pg_ctl). Install one, for example with: apt-get install postgresql");

    /// <summary>Starts a server.</summary>
    /// <param name="settings">More of its settings, as <c>-c name=value</c>.</param>
    public static async Task<PostgresServer> StartAsync(string settings = "-c fsync=off -c full_page_writes=off")
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("sheaf-postgres-"), Programs!, FreePort());
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root, and whom it runs as must be able to write here.
            File.SetUnixFileMode(server.Folder, (UnixFileMode)0b111_111_111);
        }

        var password = Path.Combine(server.Folder, "password");
        await File.WriteAllTextAsync(password, Password);
        await server.RunAsync("initdb", "-D", server.DataFolder, "-U", Admin, "--pwfile", password, "--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.StartAsync(settings, restart: false);
        return server;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public Task StartAgainAsync() => StartAsync("", restart: true);

    /// <summary>Stops it, as its administrator would.</summary>
    /// <param name="mode">How: <c>immediate</c> is as if it were killed.</param>
    public Task StopAsync(string mode = "fast") => RunAsync("pg_ctl", "-D", DataFolder, "-m", mode, "-w", "stop");

    /// <summary>Creates a database.</summary>
    /// <returns>How its administrator opens it.</returns>
    public async Task<string> CreateAsync(string database)
    {
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {database}");
        return ConnectionString(database);
    }

    public string ConnectionString(string database, string user = Admin, string password = Password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = _port, Database = database, Username = user, Password = password,
    }.ToString();

    public static async Task ExecuteAsync(string connectionString, string statement)
    {
        await using var source = Unpooled(connectionString);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of what a query finds, as text.</summary>
    public static async Task<string[]> QueryAsync(string connectionString, string query)
    {
        await using var source = Unpooled(connectionString);
        await using var command = source.CreateCommand(query);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await rows.ReadAsync())
        {
            found.Add(Convert.ToString(rows[0], CultureInfo.InvariantCulture)!);
        }

        return [.. found];
    }

    /// <summary>The payloads of the rows of a state whose grains' keys end in a text.</summary>
    public static async Task<byte[][]> PayloadsOfAsync(string connectionString, string grainKey, string state)
    {
        await using var source = Unpooled(connectionString);
        await using var query = source.CreateCommand("SELECT PayloadBinary FROM OrleansStorage WHERE GrainIdExtensionString LIKE '%' || $1 AND GrainTypeString = $2");
        query.Parameters.AddWithValue(grainKey);
        query.Parameters.AddWithValue(state);
        await using var rows = await query.ExecuteReaderAsync();
        var payloads = new List<byte[]>();
        while (await rows.ReadAsync())
        {
            payloads.Add((byte[])rows[0]);
        }

        return [.. payloads];
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(DataFolder, "postmaster.pid")))
        {
            await RunAsync("pg_ctl", "-D", DataFolder, "-m", "immediate", "-w", "stop");
        }

        _folder.Delete(recursive: true);
    }

    // A link may have outlived the program.
    private static bool IsThere(string file) => File.Exists(file) && (File.ResolveLinkTarget(file, returnFinalTarget: true)?.Exists ?? true);

    private static NpgsqlDataSource Unpooled(string connectionString) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });

    private Task StartAsync(string settings, bool restart)
    {
        var options = string.Create(CultureInfo.InvariantCulture, $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {settings}");
        string[] said = ["-D", DataFolder, "-l", Path.Combine(DataFolder, "server.log"), "-w"];
        // What it was started with before, it remembers.
        return restart ? RunAsync("pg_ctl", [.. said, "restart"]) : RunAsync("pg_ctl", [.. said, "-o", options, "start"]);
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", path, .. arguments]
            : [path, .. arguments];
        // The server that pg_ctl starts would keep a pipe open for as long as it runs: what is said goes into a file.
        var said = Path.Combine(Folder, "said");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "out=$1; shift; exec \"$@\" >\"$out\" 2>&1 </dev/null", "sh", said, .. command]) { WorkingDirectory = Folder };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await File.ReadAllTextAsync(said)}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
