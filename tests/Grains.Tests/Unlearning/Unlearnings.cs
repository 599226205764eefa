using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Tests.Fixtures;

namespace Sheaf.Grains.Tests.Unlearning;

/// <summary>What tests of unlearning have in common.</summary>
internal static class Unlearnings
{
    public const int RoundsInAll = 6;

    public static TaskSpec Spec(string name, ulong seed, string weighting, int kept)
    {
        var spec = TinyStudy.Task(name, seed, RoundsInAll);
        return spec with { Plan = spec.Plan with { Weighting = weighting, CheckpointsKept = kept, Selection = spec.Plan.Selection with { Floor = 0.2 } } };
    }

    public static IEnumerable<string> Checkpoints(IEnumerable<RoundRecord> records) => records.Select(record => record.Checkpoint);

    public static async Task<IEnumerable<string>> NeverAnsweredAsync(SheafCluster cluster, TaskSpec spec, string name, string device)
    {
        cluster.Calls.Answer(nameof(IDeviceWork.ContributeAsync), DeviceKey.Of(name, device), ContributionAnswer.Declined);
        var records = await cluster.RunAsync(name, spec with { Population = name });
        Assert.Contains(records, record => record.Outcomes.Declined > 0);
        return Checkpoints(records);
    }

    public static async Task<ImmutableArray<RoundRecord>> UnlearntAsync(SheafCluster cluster, string name)
    {
        TaskProgress progress = null!;
        await SheafCluster.UntilAsync(
            "the rounds are run again",
            async () => (progress = await cluster.Coordinator(name).GetProgressAsync(0)).Status != TaskRunStatus.Running && progress.Records.Length == progress.Rounds);
        Assert.Equal((TaskRunStatus.Completed, null), (progress.Status, progress.Failure));
        Assert.Empty((await cluster.Coordinator(name).AuditAsync()).Findings);
        return progress.Records;
    }

    /// <summary>A device that the model first used after a round, or, if there is none, the one used last.</summary>
    public static async Task<(string Id, int Round)> DeviceFirstUsedAsync(SheafCluster cluster, string name, int after)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var rounds = (await cluster.Coordinator(name).GetProgressAsync(0)).Records.Length;
        for (var round = 1; round <= rounds; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            foreach (var place in cohort.TrainedPlaces)
            {
                first.TryAdd(cohort.Devices[place], round);
            }
        }

        var found = first.Where(pair => pair.Value > after).MinBy(pair => (pair.Value, pair.Key.Length, pair.Key));
        return (found.Key, found.Value);
    }

    public static async Task<long> UpdatesAfterAsync(SheafCluster cluster, string name, int clean, string without)
    {
        var updates = 0L;
        for (var round = clean + 1; round <= RoundsInAll; round++)
        {
            var cohort = await cluster.CohortAsync(name, round);
            updates += cohort.TrainedPlaces.Count(place => cohort.Devices[place] != without);
        }

        return updates;
    }

    public static List<string> StoredCheckpoints(SheafCluster cluster, string task) => DatabaseRows.StatesOf(cluster.DatabaseFile, task)
        .Where(state => state.StartsWith("checkpoint-", StringComparison.Ordinal)).Select(state => state.Split('-')[1]).ToList();
}
