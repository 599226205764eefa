using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sheaf.Abstractions;
using Sheaf.Learning.Torch;
using Sheaf.Silo.Configuration;

namespace Sheaf.Silo.Hosting;

/// <summary>The silo's own process: one silo, from its settings, until it is told to stop.</summary>
public static class SiloProgram
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int BadInput = 2;

    /// <summary>Runs it.</summary>
    /// <param name="args">The command line: settings, or <c>--help</c>.</param>
    /// <param name="output">Where it says that it runs.</param>
    /// <param name="error">Where it says what is wrong.</param>
    /// <returns>0 when it was told to stop and has, 1 when it could not run, 2 when its settings are wrong, 143 or 130 when it was told to stop twice.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is ["--help"] or ["-h"] or ["-?"])
        {
            await output.WriteAsync(Help());
            return Success;
        }

        try
        {
            var (settings, problems) = SettingsReader.Read(SettingsReader.Load(AppContext.BaseDirectory, args));
            if (problems.Count > 0)
            {
                await error.WriteLineAsync("The silo cannot start with these settings:");
                foreach (var problem in problems)
                {
                    await error.WriteLineAsync($"  {problem}");
                }

                await error.WriteLineAsync("'--help' lists all settings.");
                return BadInput;
            }

            return await RunAsync(settings, output, error);
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            await error.WriteLineAsync($"The silo's settings cannot be read: {exception.Message} {exception.InnerException?.Message}".TrimEnd());
            return BadInput;
        }
    }

    private static async Task<int> RunAsync(SiloSettings settings, TextWriter output, TextWriter error)
    {
        SiloParts parts;
        try
        {
            parts = OpenTorch(settings);
        }
        catch (Exception exception) when (exception is TorchLibraryException or AcceleratorException)
        {
            await error.WriteLineAsync($"The silo could not start. {exception.Message}");
            return Failure;
        }

        if (settings.Lanes > Environment.ProcessorCount)
        {
            await error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Warning: {settings.Lanes} lanes on {Environment.ProcessorCount} cores train no faster and answer later. Use at most {Environment.ProcessorCount} (Lanes)."));
        }

        await using var app = SiloHost.Build(settings, parts);
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("The silo was told to stop before it was up.");
            return Success;
        }
        catch (Exception exception)
        {
            // The boundary of the process: whatever kept it from starting is told in words, and in an exit code.
            await error.WriteLineAsync($"The silo could not start. {Explain(settings, exception)}");
            return Failure;
        }

        var (cluster, endpoints) = (settings.Cluster, settings.Endpoints);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Silo {cluster.Silo} of cluster {cluster.Id} is up. Clients: --cluster {cluster.Id}@{endpoints.Address}:{endpoints.GatewayPort}. Probes: http://{endpoints.Address}:{endpoints.HealthPort}/health/ready. Ctrl-C stops it."));
        await app.WaitForShutdownAsync();
        if (app.Services.GetRequiredService<AcceleratorHealth>().Lost is { } lost)
        {
            await error.WriteLineAsync($"The silo has ended: its accelerator {lost} computes no more. See to the device and its driver, then start it again.");
            return Failure;
        }

        return Success;
    }

    private static SiloParts OpenTorch(SiloSettings settings)
    {
        if (settings.Torch.LibraryPath.Length > 0)
        {
            TorchLibrary.Use(settings.Torch.LibraryPath, settings.Torch.AllowOtherVersion);
        }

        return SiloParts.Find(settings.Lanes, settings.Accelerators);
    }

    private static string Explain(SiloSettings settings, Exception exception)
    {
        if (StorageFailedException.In(exception) is { } storage)
        {
            return storage.Message;
        }

        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                var ports = settings.Endpoints;
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"One of its ports is in use on {ports.Address}: {ports.SiloPort} for silos, {ports.GatewayPort} for clients, {ports.HealthPort} for probes. Stop what listens there, or choose others (Endpoints:SiloPort, Endpoints:GatewayPort, Endpoints:HealthPort).");
            }

            if (inner is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
            {
                return $"This machine does not have the address {settings.Endpoints.Address}. Correct Endpoints:Address.";
            }
        }

        return exception is IOException or UnauthorizedAccessException
            ? $"A file could not be read or written: {exception.Message.TrimEnd('.')}. Check its path, its permissions and the space on its disk."
            : $"This should not happen: {exception}";
    }

    private static string Help() =>
        $"One silo of a Sheaf cluster. Settings come from appsettings.json, then environment variables ({SettingsReader.Prefix}Storage__Kind=postgres), then arguments (--Storage:Kind=postgres).\n\n"
        + string.Concat(SettingsReader.Describe().Select(setting =>
            $"  {setting.Key}{(setting.Default.Length > 0 ? $"  ({setting.Default})" : "")}\n      {setting.Meaning}\n"));
}
