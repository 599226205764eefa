using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf model influence</c>: whose data a run's model has.</summary>
internal static class InfluenceCommand
{
    private const int TopMax = 1_000_000;

    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var choice = new RunChoice();
        var top = new Option<int>("--top") { Description = "How many of the devices that gave most updates are named. Default: 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        top.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValue(top) is < 0 or > TopMax)
            {
                result.AddError($"--top: name 0 to {TopMax} devices.");
            }
        });
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var influence = new Command("influence", "Show which devices gave updates to a run's model, and how many.") { top, json };
        choice.AddTo(influence);
        influence.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await choice.OpenAsync(parsed, cancellationToken);
                var found = await run.InfluenceAsync(parsed.GetValue(top));
                output.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(new { Task = run.Name, Influence = found }, RunJson.Pages) + "\n" : Text(found));
            },
            cancellationToken));
        return influence;
    }

    private static string Text(ModelInfluence found) =>
        Line($"The model after round {found.Rounds:N0} has {found.Updates:N0} updates of {found.Devices:N0} devices.")
        + string.Concat(found.Most.Select(device =>
            Line($"  Device {Quoting.Shorten(device.Device)}: {device.Updates:N0} updates, {Share(device.Updates, found.Updates):F1}%, from round {device.FirstRound} to {device.LastRound}.")))
        + string.Concat(found.Unlearned.Select(unlearned => UnlearnText.Of(unlearned)));

    private static double Share(long part, long all) => 100.0 * part / all;

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture) + "\n";
}
