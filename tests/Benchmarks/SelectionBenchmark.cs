using BenchmarkDotNet.Attributes;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Benchmarks;

/// <summary>Selection of 1,000 of 1,000,000 devices in 16 shards, in proportion to their activity, which falls with the rank (Zipf).</summary>
[MemoryDiagnoser]
public class SelectionBenchmark
{
    private const int Devices = 1_000_000;
    private const int Shards = 16;

    private static readonly SelectionSpec Spec = new() { Weights = new PowerWeights(1), Cohort = 1000 };

    private SelectionShard[] _shards = [];
    private InclusionPlan? _plan;
    private int _round;

    /// <summary>Makes the population.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var members = Enumerable.Range(0, Shards).Select(_ => (Positions: new List<ulong>(), Activities: new List<int>())).ToArray();
        for (var device = 0; device < Devices; device++)
        {
            var position = DevicePosition.OfIndex((ulong)device);
            var (positions, activities) = members[DevicePosition.ShardOf(position, Shards)];
            positions.Add(position);
            activities.Add(Math.Max(1, Devices / (device + 1)));
        }

        _shards = Array.ConvertAll(members, shard => new SelectionShard([.. shard.Positions], [.. shard.Activities], Spec.Weights));
        _plan = CohortSampler.Plan(_shards, Spec);
    }

    /// <summary>A draw while nobody's activity changes.</summary>
    /// <returns>The cohort.</returns>
    [Benchmark(Description = "select 1,000 of 1,000,000 devices")]
    public IReadOnlyList<CohortMember> Draw() => CohortSampler.Draw(_shards, _plan!, 1, ++_round, SelectionPurposes.Training);
}
