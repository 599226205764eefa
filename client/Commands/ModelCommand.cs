using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sheaf.Client.Models;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf model export|evaluate|influence|unlearn</c>: takes a run's model out of it, scores it, says whose data it has, and takes devices out of it.</summary>
internal static class ModelCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="displayOf">Shows rounds that are run again, as JSON or for people.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(
        TextWriter output, Func<bool, IRunDisplay> displayOf, Func<Func<Task>, CancellationToken, Task<int>> guard) =>
        new("model", "Take the model out of a run, score it, or see whose data it has.")
        {
            NewExport(output, guard),
            NewEvaluate(output, guard),
            InfluenceCommand.Create(output, guard),
            UnlearnCommand.Create(output, displayOf, guard),
        };

    private static Command NewExport(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var choice = new RunChoice();
        var to = PathOption.Create("--to", "DIR", "The folder for the model; by default the run's, or one of the task's name.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var export = new Command("export", "Write a run's current model: model.safetensors, and model.json, which says what it is.") { to, json };
        choice.AddTo(export);
        export.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await choice.OpenAsync(parsed, cancellationToken);
                var model = await run.ModelAsync();
                var card = ModelCard.Of(run.Study, model.Description, await run.TotalsAsync(), await run.RecordsAsync(), TimeProvider.System.GetUtcNow());
                var files = new ModelFiles(parsed.GetValue(to) ?? run.Path ?? run.Name);
                await files.WriteAsync(model, card, cancellationToken);
                output.WriteLine(parsed.GetValue(json)
                    ? JsonSerializer.Serialize(new { files.Tensors, files.Card, Model = card }, RunJson.Pages)
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"The model after round {card.Round}: {card.Model.Parameters:N0} parameters in {files.Tensors}, described in {files.Card}."));
            },
            cancellationToken));
        return export;
    }

    private static Command NewEvaluate(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var choice = new RunChoice();
        var data = PathOption.Create("--data", "FILE", "Score all labelled rows of this file, with the study's columns, instead of what was held out.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var evaluate = new Command("evaluate", "Score a run's current model, on its held-out examples or on a file.") { data, json };
        choice.AddTo(evaluate);
        evaluate.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var run = await choice.OpenAsync(parsed, cancellationToken);
                var report = await ModelReport.TakeAsync(run, parsed.GetValue(data), cancellationToken);
                output.Write(parsed.GetValue(json) ? JsonSerializer.Serialize(report, RunJson.Pages) + "\n" : Text(report));
            },
            cancellationToken));
        return evaluate;
    }

    private static string Text(ModelReport report)
    {
        var where = report.Devices is { } devices
            ? string.Create(CultureInfo.InvariantCulture, $"held-out examples of {devices:N0} devices")
            : $"rows of {report.Data}";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Metrics.Describe()}, on {report.Examples:N0} {where}, after round {report.Round}.\n");
        if (report.UnknownLabels.Count > 0)
        {
            var rows = report.UnknownLabels.Values.Sum();
            text += string.Create(
                CultureInfo.InvariantCulture, $"{rows:N0} rows have a label that the model does not know, and were left out: {Quoting.List([.. report.UnknownLabels.Keys], 5)}.\n");
        }

        return report.Unlabelled == 0 ? text
            : text + string.Create(CultureInfo.InvariantCulture, $"{report.Unlabelled:N0} rows have no label and were left out.\n");
    }
}
