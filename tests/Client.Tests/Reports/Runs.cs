using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Reports;

/// <summary>Runs as reports find them, made up.</summary>
internal static class Runs
{
    /// <summary>A run whose rounds each train on as many examples and are evaluated where an accuracy is given.</summary>
    public static RunResult Of(ulong seed, int examplesPerRound, params double?[] accuracies) => Of(new Study { Seed = seed }, examplesPerRound, accuracies);

    public static RunResult Of(Study study, int examplesPerRound, params double?[] accuracies) => new(
        $"/runs/{study.Name}-{study.Seed}",
        study,
        [.. accuracies.Select((accuracy, at) => Round(at + 1, examplesPerRound, accuracy))],
        [],
        new RunSummary(
            study.Name, study.Seed, 10, 100, null, accuracies.Length, 0, 9, 1, null, null, [], null, [], 0, null, new RoundSeconds(1, 1, 1), 1, "c0ffee", true));

    public static RoundLine Round(int round, int examples, double? accuracy) => new(
        round,
        null,
        10,
        new DeviceOutcomes(9, 1, 0, 0, 0, 0, 0),
        examples,
        1,
        accuracy is { } share ? new EvaluationRecord(5, 100, share, 2 * (1 - share), [], []) : null,
        1000,
        "c0ffee",
        true,
        new RoundExecution(1, new Dictionary<string, double> { ["train"] = 0.5 }));
}
