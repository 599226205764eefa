using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf population show</c>: how much the population of a run holds now.</summary>
internal static class PopulationCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var folder = PathOption.Create("--output", "DIR", "The folder of the run; by default the newest one below runs.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var show = new Command("show", "Show how much a population holds now.") { folder, json };
        show.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await OpenedRun.OpenAsync(parsed.GetValue(folder), cancellationToken);
                await ShowAsync(run, parsed.GetValue(json), output);
            },
            cancellationToken));
        return new Command("population", "Look at the population of a run.") { show };
    }

    private static async Task ShowAsync(OpenedRun run, bool json, TextWriter output)
    {
        var (_, time, _) = await run.Population.GetMomentAsync();
        var totals = await run.TotalsAsync();
        output.WriteLine(json
            ? JsonSerializer.Serialize(new { Population = run.PopulationName, Time = time, Totals = totals }, RunJson.Pages)
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{run.PopulationName} at {time:u}: {totals.ActiveDevices:N0} of {totals.Devices:N0} devices hold {totals.Examples:N0} examples to train on; {totals.HeldOut:N0} are held out."));
    }
}
