using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

/// <summary>Devices 0, 1, 2, … with given activities, cut into any number of shards.</summary>
internal sealed class SelectionPopulation(int[] activities)
{
    public int[] Activities { get; } = activities;

    public ulong[] Positions { get; } = [.. Enumerable.Range(0, activities.Length).Select(i => DevicePosition.OfIndex((ulong)i))];

    public int Active => Activities.Count(activity => activity > 0);

    public int Weighty(ISelectionWeights weights) => Activities.Count(activity => weights.WeightOf(activity) > 0);

    /// <summary>Zipf with exponent 1: activity of rank r is 1000/r, in a random order of ranks.</summary>
    public static SelectionPopulation Zipf(int devices)
    {
        var activities = Enumerable.Range(1, devices).Select(rank => Math.Max(1, 1000 / rank)).ToArray();
        Prf.Sequence(17, Purpose.Activity).Shuffle<int>(activities);
        return new SelectionPopulation(activities);
    }

    public SelectionShard[] Cut(int shardCount, ISelectionWeights weights)
    {
        var members = Enumerable.Range(0, shardCount).Select(_ => new List<int>()).ToArray();
        for (var device = 0; device < Activities.Length; device++)
        {
            members[DevicePosition.ShardOf(Positions[device], shardCount)].Add(device);
        }

        return Array.ConvertAll(members, devices => new SelectionShard(
            devices.Select(device => Positions[device]).ToArray(), devices.Select(device => Activities[device]).ToArray(), weights));
    }

    public InclusionPlan Plan(SelectionSpec spec) => CohortSampler.Plan(Cut(1, spec.Weights), spec);

    /// <summary>Draws from a single shard, so that a member's index is its device.</summary>
    public IEnumerable<int[]> Draws(SelectionSpec spec, int count, ulong seed = 1)
    {
        var shards = Cut(1, spec.Weights);
        var plan = CohortSampler.Plan(shards, spec);
        return Enumerable.Range(1, count).Select(round => CohortSampler
            .Draw(shards, plan, seed, round, SelectionPurposes.Training).Select(member => member.Index).ToArray());
    }

    /// <summary>Iterated capping as a textbook has it: in doubles, over a list of all devices.</summary>
    public double[] NaiveInclusions(SelectionSpec spec)
    {
        var active = Weighty(spec.Weights);
        var cohort = Math.Min(spec.Cohort, active);
        var cap = Math.Max(spec.InclusionMax, (double)cohort / active);
        var raw = Activities.Select(spec.Weights.WeightOf).ToArray();
        var sum = raw.Sum();
        var mixed = raw.Select(w => w == 0 ? 0 : ((1 - spec.Floor) * w / sum) + (spec.Floor / active)).ToArray();
        var capped = new bool[mixed.Length];
        while (true)
        {
            var free = Enumerable.Range(0, mixed.Length).Where(i => !capped[i]).ToArray();
            var left = cohort - (cap * capped.Count(isCapped => isCapped));
            var scale = left / Math.Max(free.Sum(i => mixed[i]), double.Epsilon);
            var above = free.Where(i => mixed[i] > 0 && scale * mixed[i] > cap * (1 + 1e-12)).ToArray();
            if (above.Length == 0)
            {
                return [.. mixed.Select((w, i) => capped[i] ? cap : scale * w)];
            }

            Array.ForEach(above, i => capped[i] = true);
        }
    }
}
