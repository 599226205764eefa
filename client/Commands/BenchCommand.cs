using System.CommandLine;
using System.Text.Json;
using Sheaf.Client.Naming;
using Sheaf.Client.Studies;
using Sheaf.Silo.Benchmarks;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf bench</c>: the main figures of speed, measured here.</summary>
internal static class BenchCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the figures go.</param>
    /// <param name="guard">Runs it, and turns failures into an exit code.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var what = new Argument<string[]>("WHAT")
        {
            Description = $"What to measure; all, when nothing is named. {string.Join("; ", SheafBenchmarks.Known.Select(each => $"{each.Key}: {each.Value}"))}.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        what.Validators.Add(result =>
        {
            foreach (var word in result.Tokens.Select(token => token.Value).Where(word => !SheafBenchmarks.Known.ContainsKey(word)))
            {
                var meant = NearestName.Find(word, SheafBenchmarks.Known.Keys) is { } nearest ? $" Did you mean '{nearest}'?" : "";
                result.AddError($"There is no benchmark '{Quoting.Shorten(word)}'.{meant} The benchmarks are {Quoting.List([.. SheafBenchmarks.Known.Keys])}.");
            }
        });
        what.CompletionSources.Add(_ => SheafBenchmarks.Known.Keys.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON, when all are measured." };
        var command = new Command("bench", "Measure the speed of this machine, each figure beside what it is to be compared with. Leave the machine alone meanwhile.") { what, json };
        command.SetAction((parsed, cancellationToken) => guard(
            () => RunAsync(parsed.GetValue(what) is { Length: > 0 } named ? named : [.. SheafBenchmarks.Known.Keys], parsed.GetValue(json), output, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task RunAsync(IReadOnlyList<string> named, bool isJson, TextWriter output, CancellationToken cancellationToken)
    {
        var tables = new List<object>();
        if (!isJson)
        {
            output.Write($"{SheafBenchmarks.Machine()}\n");
        }

        foreach (var name in named.Distinct())
        {
            await foreach (var table in SheafBenchmarks.RunAsync(name).WithCancellation(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                tables.Add(new { Benchmark = name, table.Headers, table.Rows });
                if (!isJson)
                {
                    output.Write($"\n{table.ToMarkdown()}");
                    output.Flush();
                }
            }
        }

        if (isJson)
        {
            output.Write(JsonSerializer.Serialize(new { Machine = SheafBenchmarks.Machine(), Tables = tables }, StudyJson.WriteOptions) + "\n");
        }
    }
}
