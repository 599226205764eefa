using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Torch.Benchmarks;

namespace Sheaf.Silo.Benchmarks;

/// <summary>Selection of 10,000 devices in 16 shards, in proportion to their activity, which falls with the rank (Zipf), while nobody's activity changes.</summary>
internal static class SelectionMeasure
{
    private const int Shards = 16;
    private const int Cohort = 10_000;
    private const int Rounds = 15;

    private static readonly SelectionSpec Spec = new() { Weights = new PowerWeights(1), Cohort = Cohort };

    /// <summary>Measures draws from populations of some sizes.</summary>
    /// <param name="sizes">The sizes, ascending.</param>
    /// <returns>The table.</returns>
    public static BenchmarkTable Run(params IReadOnlyList<int> sizes)
    {
        var round = 0;
        var measured = new Interleaved(Rounds).Measure([.. sizes.Select(devices =>
        {
            var shards = ShardsOf(devices);
            var plan = CohortSampler.Plan(shards, Spec);
            return (Show($"select {Cohort:N0} of {devices:N0} devices"), (Action)(() => CohortSampler.Draw(shards, plan, 1, ++round, SelectionPurposes.Training)));
        })]);
        return new BenchmarkTable(
            ["selection by activity, 1 thread", "milliseconds", Show($"beside {sizes[0]:N0} devices")],
            [.. measured.Select(way => (string[])[way.Name, Show($"{1000 * way.Seconds:F1}"), Show($"{way.Seconds / measured[0].Seconds:F1}×")])]);
    }

    private static SelectionShard[] ShardsOf(int devices)
    {
        var members = Enumerable.Range(0, Shards).Select(_ => (Positions: new List<ulong>(), Activities: new List<int>())).ToArray();
        for (var device = 0; device < devices; device++)
        {
            var position = DevicePosition.OfIndex((ulong)device);
            var (positions, activities) = members[DevicePosition.ShardOf(position, Shards)];
            positions.Add(position);
            activities.Add(Math.Max(1, devices / (device + 1)));
        }

        return Array.ConvertAll(members, shard => new SelectionShard([.. shard.Positions], [.. shard.Activities], Spec.Weights));
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);
}
