using BenchmarkDotNet.Attributes;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Benchmarks;

namespace Sheaf.Benchmarks;

/// <summary>Folding of 1,000 updates of the model into one sum.</summary>
[MemoryDiagnoser]
public class FoldBenchmark
{
    private const int Updates = 1000;

    private readonly FixedPointSum _sum = new(Workload.Model.ParameterCount, FixedPointScale.FromBounds(10, 1, Updates));
    private readonly float[] _start = Workload.Model.Initialize(1);
    private readonly float[] _local = Workload.Model.Initialize(2);
    private int[] _offsets = [];

    /// <summary>Finds the rows that a device's texts touch.</summary>
    [GlobalSetup]
    public void Setup() => _offsets =
        [.. Workload.Devices(1)[0].Examples.Tokens.Distinct().Order().Select(token => token * Workload.Model.EmbeddingSize)];

    /// <summary>As devices do: rows of the table that are touched, and all of the other tensors.</summary>
    [Benchmark(Description = "fold 1,000 updates, touched rows")]
    public void Touched()
    {
        _sum.Clear();
        for (var update = 0; update < Updates; update++)
        {
            foreach (var offset in _offsets)
            {
                Fold(offset, Workload.Model.EmbeddingSize);
            }

            foreach (var block in Workload.Model.Blocks)
            {
                if (!block.IsSparse)
                {
                    Fold(block.Offset, block.Count);
                }
            }

            _sum.Count(1);
        }
    }

    /// <summary>All 336,060 values of each.</summary>
    [Benchmark(Description = "fold 1,000 updates, all values")]
    public void All()
    {
        _sum.Clear();
        for (var update = 0; update < Updates; update++)
        {
            Fold(0, _start.Length);
            _sum.Count(1);
        }
    }

    private void Fold(int offset, int count) => _sum.FoldDifference(offset, _local.AsSpan(offset, count), _start.AsSpan(offset, count), 1);
}
