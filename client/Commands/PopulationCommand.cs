using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf population show|policy|advance|purge</c>: how much the population of a run holds, what it may keep, and what is left of what it deleted.</summary>
internal static class PopulationCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var options = new RetentionOptions();
        var policy = NewVerb("policy", "Change what devices may keep, the whole of it, and delete at once what they may not any more.", guard, async (run, parsed, json) =>
        {
            var spec = await run.Population.GetSpecAsync();
            await run.Population.SetRetentionAsync(options.Read(parsed, spec!.Retention, spec.Retention.Version + 1));
            output.Write(await ShowAsync(run, json));
        });
        options.AddTo(policy);

        var to = TimeOption.Create("--to", "The time from now on.");
        to.Required = true;
        var advance = NewVerb("advance", "Move a population's time on, so that what expires by then is deleted.", guard, async (run, parsed, json) =>
        {
            await run.Population.AdvanceAsync(parsed.GetValue(to)!.Value);
            output.Write(await ShowAsync(run, json));
        });
        advance.Add(to);

        return new Command("population", "Look at the population of a run, say what it may keep, or purge what it has deleted.")
        {
            NewVerb("show", "Show how much a population holds now.", guard, async (run, _, json) => output.Write(await ShowAsync(run, json))),
            policy,
            advance,
            NewVerb("purge", "Rewrite the storage's files, so that nothing of what was deleted is left in them, and complete the receipts.", guard, async (run, _, json) =>
                output.Write(Purged(run, await run.Population.PurgeAsync(), json))),
        };
    }

    private static Command NewVerb(
        string name, string description, Func<Func<Task>, CancellationToken, Task<int>> guard, Func<OpenedRun, ParseResult, bool, Task> act)
    {
        var choice = new RunChoice();
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var verb = new Command(name, description) { json };
        choice.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await choice.OpenAsync(parsed, cancellationToken);
                try
                {
                    await act(run, parsed, parsed.GetValue(json));
                }
                catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
                {
                    throw new RunFailedException(exception.Message);
                }
            },
            cancellationToken));
        return verb;
    }

    private static async Task<string> ShowAsync(OpenedRun run, bool json)
    {
        var time = (await run.Population.GetMomentAsync()).Time;
        var totals = await run.TotalsAsync();
        var retention = (await run.Population.GetSpecAsync())!.Retention;
        if (json)
        {
            return JsonSerializer.Serialize(new { Population = run.Name, Time = time, Totals = totals, Retention = retention }, RunJson.Pages) + "\n";
        }

        var overdue = totals.Overdue == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {totals.Overdue:N0} devices hold examples past their expiry.\n");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name} at {time:u}: {totals.ActiveDevices:N0} of {totals.Devices:N0} devices hold {totals.Examples:N0} examples to train on; {totals.HeldOut:N0} are held out.\n")
            + $"  Devices keep {RetentionText.Of(retention)}.\n" + overdue;
    }

    private static string Purged(OpenedRun run, PurgeReport report, bool json)
    {
        if (json)
        {
            return JsonSerializer.Serialize(new { Population = run.Name, Purge = report }, RunJson.Pages) + "\n";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"Files rewritten at {report.Ended:u}, {report.BytesBefore:N0} bytes before and {report.BytesAfter:N0} after; {report.Receipts:N0} receipts completed.\n")
            + string.Concat(report.OutOfReach.Select(what => $"  Out of reach: {what}\n"));
    }
}
