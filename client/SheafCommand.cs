using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Sheaf.Client.Commands;
using Sheaf.Client.Naming;
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
        var debug = new Option<bool>("--debug") { Description = "Show where in the program an error arose.", Recursive = true };
        var root = new RootCommand("Sheaf: federated learning on a cluster of device grains.")
        {
            debug,
            NewRun(output, error),
            StudiesCommand.Create(output),
            ValidateCommand.Create(output, error),
            SchemaCommand.Create(output),
            DeviceCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            ModelCommand.Create(output, json => NewDisplay(output, json), (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            PopulationCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
            ReportCommand.Create(output, (act, cancellationToken) => GuardAsync(act, error, cancellationToken)),
        };
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        // What a shell asks to be completed is no whole command line.
        if (parsed.Errors.Count == 0 || parsed.GetResult(root.Directives.OfType<SuggestDirective>().Single()) is not null)
        {
            try
            {
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

    private static Command NewRun(TextWriter output, TextWriter error)
    {
        var study = new Argument<string>("STUDY")
        {
            Description = $"A shipped study ({string.Join(", ", StudyCatalog.Names)}) or the path of a study file.",
            DefaultValueFactory = _ => "voice",
            HelpName = "STUDY",
        };
        var data = PathOption.Create("--data", "FILE", "The data file of a study whose population comes from a file.");
        var folder = PathOption.Create("--output", "DIR", "The folder for the results; by default a new one below runs.");
        var seed = new Option<ulong?>("--seed") { Description = "The seed, instead of the study's own.", HelpName = "N", CustomParser = ParseSeed };
        var seeds = new Option<ulong[]?>("--seeds") { Description = "Run with each of these seeds, instead of the study's own.", HelpName = "N,N,…", CustomParser = ParseSeeds };
        var arm = new Option<string[]>("--arm") { Description = "Run this arm of the study and leave the others out. May be given again.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var set = SetOption.Create();
        var json = new Option<bool>("--json") { Description = "Print nothing but the summary, as JSON." };
        var resume = new Option<bool>("--resume") { Description = "Go on with the run in --output, or with the newest unfinished one below runs." };
        var run = new Command("run", "Run a study on a cluster in this process.") { study, data, folder, seed, seeds, arm, set, resume, json };
        run.Validators.Add(result =>
        {
            var changes = new[] { data, seed, seeds, arm, (Option)set }.Select(result.GetResult);
            if (result.GetValue(resume) && (result.GetResult(study) is { Implicit: false } || changes.Any(change => change is { Implicit: false })))
            {
                result.AddError("--resume goes on with a run as it was begun: leave out the study, --data, --seed, --seeds, --arm and --set.");
            }

            if (result.GetResult(seed) is { Implicit: false } && result.GetResult(seeds) is { Implicit: false })
            {
                result.AddError("--seed and --seeds: give one of the two.");
            }
        });
        study.Validators.Add(result => UnknownWord.RefuseOption(result, run.Options));
        study.CompletionSources.Add(StudyCompletion.Suggest);
        run.SetAction((parsed, cancellationToken) =>
        {
            var display = NewDisplay(output, parsed.GetValue(json));
            var overrides = parsed.GetValue(set)!.Concat(OverridesOf(parsed.GetValue(seed), parsed.GetValue(seeds)));
            var options = new RunOptions(
                parsed.GetValue(study)!, parsed.GetValue(data), parsed.GetValue(folder), parsed.GetValue(resume), [.. overrides], parsed.GetValue(arm));
            return GuardAsync(() => new StudyRuns(display, TimeProvider.System).RunAsync(options, cancellationToken), error, cancellationToken);
        });
        return run;
    }

    private static IRunDisplay NewDisplay(TextWriter output, bool json) =>
        json ? new JsonDisplay(output) : new ConsoleDisplay(AnsiConsole.Create(SheafConsole.SettingsFor(output)));

    private static IEnumerable<StudyOverride> OverridesOf(ulong? seed, ulong[]? seeds)
    {
        if (seed is not null)
        {
            yield return new StudyOverride("seed", $"{seed}");
        }

        if (seed is not null || seeds is { Length: > 0 })
        {
            yield return new StudyOverride("seeds", $"[{string.Join(',', seeds ?? [])}]");
        }
    }

    private static ulong? ParseSeed(ArgumentResult result) => ParseSeed(result, "--seed", result.Tokens[0].Value);

    private static ulong[] ParseSeeds(ArgumentResult result) =>
        [.. result.Tokens[0].Value.Split(',').Select(seed => ParseSeed(result, "--seeds", seed.Trim())).OfType<ulong>()];

    private static ulong? ParseSeed(ArgumentResult result, string option, string typed)
    {
        if (ulong.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            return seed;
        }

        result.AddError($"{option}: '{Quoting.Shorten(typed)}' is not a whole number from 0 to {ulong.MaxValue}.");
        return null;
    }

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
