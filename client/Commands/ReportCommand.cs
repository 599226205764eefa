using System.CommandLine;
using System.Text.Json;
using Sheaf.Client.Output;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Spectre.Console;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf report</c>: compares runs, on a page and in the terminal.</summary>
internal static class ReportCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the table goes.</param>
    /// <param name="guard">Runs the command's work and tells its errors.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var folders = new Argument<string[]>("DIR") { Description = "Folders of runs, or with runs below them.", Arity = ArgumentArity.OneOrMore };
        var to = PathOption.Create("--output", "DIR", "The folder for the report; by default the one folder that is named, or 'report'.");
        var target = new Option<double?>("--target") { Description = "Count the rounds to this accuracy, in (0, 1]; by default the study's evaluation.target, or 90 % of the best arm's.", HelpName = "A" };
        var json = new Option<bool>("--json") { Description = "Print nothing but the results, as JSON." };
        var command = new Command("report", "Compare runs: a page with plots, their numbers as CSV, and a table.") { folders, to, target, json };
        target.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (> 0 and <= 1)))
            {
                result.AddError("--target: write an accuracy above 0 and at most 1, for example 0.8.");
            }
        });
        command.SetAction((parsed, cancellationToken) => guard(
            () =>
            {
                var named = parsed.GetValue(folders)!;
                var report = Report.Of(RunResult.ReadAll(named), parsed.GetValue(target));
                report.EnsureEvaluated();
                var page = ReportFolder.Write(report, parsed.GetValue(to) ?? (named.Length == 1 ? named[0] : "report"));
                output.Write(parsed.GetValue(json) ? Json(report, page) : Text(report, page, output));
                return Task.CompletedTask;
            },
            cancellationToken));
        return command;
    }

    private static string Text(Report report, string page, TextWriter output)
    {
        AnsiConsole.Create(SheafConsole.SettingsFor(output)).Write(ReportView.TableOf(report));
        return $"Report: {page}\n";
    }

    private static string Json(Report report, string page) => JsonSerializer.Serialize(
        new
        {
            Report = page,
            report.Target,
            Arms = report.Rows,
            Measure = report.Measure.Name,
            report.DifferencesByRound,
            report.DifferencesByExamples,
            report.DifferencesByGroup,
            report.NewDifferencesByGroup,
        },
        RunJson.Pages) + "\n";
}
