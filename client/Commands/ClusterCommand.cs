using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Clusters;
using Sheaf.Client.Clusters;
using Sheaf.Client.Output;
using Sheaf.Client.Running;
using Spectre.Console;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf cluster show</c>: the silos of a cluster.</summary>
internal static class ClusterCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var cluster = new ClusterOption($"The cluster; by default the one in {ClusterOption.Variable}.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var show = new Command("show", "Show the silos of a cluster and what they have.") { json };
        cluster.AddTo(show);
        show.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var remote = await RemoteCluster.ConnectAsync(cluster.Required(parsed), cancellationToken);
                var silos = await remote.Grains.GetGrain<ICluster>(0).GetSilosAsync().WaitAsync(cancellationToken);
                if (parsed.GetValue(json))
                {
                    output.WriteLine(JsonSerializer.Serialize(silos, RunJson.Pages));
                }
                else
                {
                    Print(silos, output);
                }
            },
            cancellationToken));
        return new Command("cluster", "See the silos of a cluster.") { show };
    }

    private static void Print(IReadOnlyList<SiloDescription> silos, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("silo", "address", "status", "version", "lanes", "accelerators", "grains");
        foreach (var silo in silos)
        {
            var activations = silo.Activations < 0 ? "no answer" : silo.Activations.ToString("N0", CultureInfo.InvariantCulture);
            table.AddRow(
                Markup.Escape(silo.Name), silo.Address.Split('@')[0], silo.Status, Markup.Escape(silo.Version), silo.Lanes.ToString(CultureInfo.InvariantCulture), silo.Accelerators, activations);
        }

        AnsiConsole.Create(SheafConsole.SettingsFor(output)).Write(table);
        if (silos.All(silo => silo.Accelerators == SiloFacts.NoAccelerator))
        {
            output.WriteLine("No silo has an accelerator: everything is computed on CPUs.");
        }
    }
}
