using System.CommandLine;
using Sheaf.Client.Data;
using Sheaf.Client.Output;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Spectre.Console;

namespace Sheaf.Client;

/// <summary>The <c>sheaf</c> command line.</summary>
internal static class SheafCommand
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors go.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Sheaf: federated learning on a cluster of device grains.") { NewRun(output, error) };
        var parsed = root.Parse(args);
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? ExitCode.BadInput : code;
    }

    private static Command NewRun(TextWriter output, TextWriter error)
    {
        var study = new Argument<string>("STUDY")
        {
            Description = $"A shipped study ({string.Join(", ", StudyCatalog.Names)}) or the path of a study file.",
            DefaultValueFactory = _ => "voice",
        };
        var data = new Option<string?>("--data") { Description = "The data file of a study whose population comes from a file.", HelpName = "FILE" };
        var folder = new Option<string?>("--output") { Description = "The folder for the results; by default a new one below runs.", HelpName = "DIR" };
        var seed = new Option<ulong?>("--seed") { Description = "The seed, instead of the study's own.", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print nothing but the summary, as JSON." };
        var run = new Command("run", "Run a study on a cluster in this process.") { study, data, folder, seed, json };
        run.SetAction((parsed, cancellationToken) =>
        {
            IRunDisplay display = parsed.GetValue(json)
                ? new JsonDisplay(output)
                : new ConsoleDisplay(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }));
            var options = new RunOptions(parsed.GetValue(study)!, parsed.GetValue(data), parsed.GetValue(folder), parsed.GetValue(seed));
            return GuardAsync(() => new StudyRun(display, TimeProvider.System).RunAsync(options, cancellationToken), error, cancellationToken);
        });
        return run;
    }

    private static async Task<int> GuardAsync(Func<Task> run, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            await run();
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is StudyException or DataFileException)
        {
            await error.WriteLineAsync(exception.Message);
            return ExitCode.BadInput;
        }
        catch (RunFailedException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return ExitCode.Failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("Stopped.");
            return ExitCode.Cancelled;
        }
    }
}
