using System.CommandLine;
using System.Text.Json;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf model unlearn</c>: makes a run's model as if some devices had never answered.</summary>
internal static class UnlearnCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="displayOf">Shows the rounds that are run again, as JSON or for people.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(
        TextWriter output, Func<bool, IRunDisplay> displayOf, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var devices = new Argument<string[]>("DEVICE") { Description = "The ids of the devices, which must have been erased.", Arity = ArgumentArity.OneOrMore };
        var choice = new RunChoice();
        var planOnly = new Option<bool>("--plan") { Description = "Say what it takes and what it costs, and do nothing." };
        var trainAnew = new Option<bool>("--train-anew") { Description = "Train new rounds from the clean checkpoint, instead of running those since then again." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var unlearn = new Command("unlearn", "Go back to before some devices and run the rounds since then again without them.") { devices, planOnly, trainAnew, json };
        choice.AddTo(unlearn);
        unlearn.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                var mode = parsed.GetValue(trainAnew) ? UnlearningMode.TrainAnew : UnlearningMode.Replay;
                var (isJson, isPlanOnly) = (parsed.GetValue(json), parsed.GetValue(planOnly));
                var path = await PrepareAsync(() => choice.OpenAsync(parsed, cancellationToken), parsed.GetValue(devices)!, mode, isPlanOnly, isJson, output, cancellationToken);
                if (path is not null)
                {
                    await new StudyRuns(displayOf(isJson), TimeProvider.System).RunAsync(new RunOptions("", null, path, Resume: true), cancellationToken);
                }
            },
            cancellationToken));
        return unlearn;
    }

    /// <summary>Says what it takes, and goes back if it is to be done.</summary>
    /// <returns>The folder of the run whose rounds are to be run again; null when there is nothing to do.</returns>
    private static async Task<string?> PrepareAsync(
        Func<Task<OpenedRun>> open, string[] devices, UnlearningMode mode, bool isPlanOnly, bool isJson, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = await open();
        try
        {
            var plan = await run.PlanUnlearningAsync(devices).WaitAsync(cancellationToken);
            // The summary of the rounds that are run again is the one JSON object that the command prints.
            if (isPlanOnly || !isJson || plan.IsNothingToDo)
            {
                output.Write(isJson ? JsonSerializer.Serialize(new { Task = run.Name, Plan = plan }, RunJson.Pages) + "\n" : UnlearnText.Of(plan));
            }

            if (isPlanOnly || plan.IsNothingToDo)
            {
                return null;
            }

            if (mode == UnlearningMode.Replay && !plan.Lost.IsEmpty)
            {
                throw new RunFailedException(
                    $"{plan.Lost.Length} of the rounds cannot be run again: {RoundsText.Of([.. plan.Lost.Select(lost => lost.Round)])}. Devices no longer hold what they used in them. "
                    + $"To go on from the checkpoint of round {plan.CleanRound}, which has nothing of the devices, add --train-anew.");
            }

            await run.UnlearnAsync(devices, mode);
            if (run.Path is null)
            {
                output.Write(isJson ? JsonSerializer.Serialize(new { Task = run.Name, Plan = plan }, RunJson.Pages) + "\n" : $"The cluster runs them again. Follow it: sheaf task watch {run.Name}\n");
            }

            return run.Path;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new RunFailedException(exception.Message);
        }
    }
}
