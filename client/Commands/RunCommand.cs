using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf run</c>: runs a study.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="displayOf">Shows how it goes, as JSON or for people.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(Func<bool, IRunDisplay> displayOf, Func<Func<Task>, CancellationToken, Task<int>> guard)
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
        var cluster = new ClusterOption("Run it on this cluster, which goes on when the command is stopped, instead of one in this process.");
        var detach = new Option<bool>("--detach") { Description = "Leave once the cluster has all the data it needs to begin. --resume fetches the results." };
        var run = new Command("run", "Run a study, on a cluster in this process or on one that is named.") { study, data, folder, seed, seeds, arm, set, detach, resume, json };
        cluster.AddTo(run);
        run.Validators.Add(result =>
        {
            var changes = new[] { data, seed, seeds, arm, (Option)set }.Concat(cluster.Options).Select(result.GetResult);
            if (result.GetValue(resume) && (result.GetResult(study) is { Implicit: false } || changes.Any(change => change is { Implicit: false })))
            {
                result.AddError("--resume goes on with a run as it was begun: leave out the study, --data, --seed, --seeds, --arm, --set, --cluster and --tls.");
            }

            if (result.GetValue(detach) && !cluster.IsGiven(result))
            {
                result.AddError("--detach: a cluster in this process ends with it. Name another one with --cluster.");
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
            var overrides = parsed.GetValue(set)!.Concat(OverridesOf(parsed.GetValue(seed), parsed.GetValue(seeds)));
            var options = new RunOptions(
                parsed.GetValue(study)!, parsed.GetValue(data), parsed.GetValue(folder), parsed.GetValue(resume), [.. overrides], parsed.GetValue(arm), cluster.Given(parsed), parsed.GetValue(detach));
            return guard(() => new StudyRuns(displayOf(parsed.GetValue(json)), TimeProvider.System).RunAsync(options, cancellationToken), cancellationToken);
        });
        return run;
    }

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
}
