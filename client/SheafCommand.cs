using System.CommandLine;
using System.CommandLine.Completions;
using Sheaf.Client.Clusters;
using Sheaf.Client.Commands;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
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
        var debug = new Option<bool>("--debug") { Description = "Show where in the program an error arose.", Recursive = true };
        var root = new RootCommand("Sheaf: federated learning on a cluster of device grains.")
        {
            debug,
            RunCommand.Create(json => NewDisplay(output, json), (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            StudiesCommand.Create(output),
            ValidateCommand.Create(output, error),
            SchemaCommand.Create(output),
            DeviceCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            ModelCommand.Create(output, json => NewDisplay(output, json), (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            PopulationCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            ReportCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            TaskCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            BenchCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            ClusterCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
        };
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        // What a shell asks to be completed is no whole command line.
        if (parsed.Errors.Count == 0 || parsed.GetResult(root.Directives.OfType<SuggestDirective>().Single()) is not null)
        {
            try
            {
                NamedTorch.Apply();
                return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
            }
            catch (Exception exception)
            {
                // The boundary of the process: whatever happened is told in words, and in an exit code.
                return CommandFailure.Tell(exception, parsed.GetValue(debug), error);
            }
        }

        foreach (var mistake in Mistakes(parsed).Distinct())
        {
            await error.WriteLineAsync(mistake);
        }

        var command = parsed.CommandResult.Command;
        await error.WriteLineAsync(command is RootCommand ? "'sheaf --help' lists the commands." : $"'sheaf {PathOf(command)} --help' lists the options.");
        return ExitCode.BadInput;
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    /// <summary>What is wrong with a command line: unknown words first, with the option that was probably meant.</summary>
    private static IEnumerable<string> Mistakes(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens;
        if (unknown.Count == 0)
        {
            return parsed.Errors.Select(mistake => mistake.Message);
        }

        // What follows an unknown option is probably its value.
        return unknown.Any(UnknownWord.IsOption) ? unknown.Where(UnknownWord.IsOption).Select(token => UnknownWord.Describe("option", token, command.Options.Union(parsed.RootCommandResult.Command.Options)))
            : command is RootCommand ? [UnknownWord.Describe("command", unknown[0], command.Subcommands)]
            : unknown.Select(token => $"'{Quoting.Shorten(token)}' is one argument too many.");
    }

    private static IRunDisplay NewDisplay(TextWriter output, bool json) =>
        json ? new JsonDisplay(output) : new ConsoleDisplay(AnsiConsole.Create(SheafConsole.SettingsFor(output)));

    /// <summary>Tells a command that was stopped from one that failed.</summary>
    private static async Task<int> GuardAsync(Func<Task> run, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            await run();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await error.WriteLineAsync("Stopped.");
            return ExitCode.Cancelled;
        }
    }
}
