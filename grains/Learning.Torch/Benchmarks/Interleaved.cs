using System.Diagnostics;

namespace Sheaf.Learning.Torch.Benchmarks;

/// <summary>
/// Compares ways of doing the same work in one process: first one, second one, …, first one, second one, …, so that what else the machine does
/// hits all alike; and takes medians.
/// </summary>
/// <param name="rounds">How often each is measured, after one time that is not.</param>
internal sealed class Interleaved(int rounds)
{
    /// <summary>Measures.</summary>
    /// <param name="ways">Their names and what they do.</param>
    /// <returns>For each way the median of its seconds, and the median of the first way's seconds over its own in the same round.</returns>
    public IReadOnlyList<(string Name, double Seconds, double Speedup)> Measure(params IReadOnlyList<(string Name, Action Work)> ways)
    {
        foreach (var (_, work) in ways)
        {
            work();
        }

        var seconds = ways.Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < ways.Count; way++)
            {
                var start = Stopwatch.GetTimestamp();
                ways[way].Work();
                seconds[way][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return [.. ways.Select((way, i) => (way.Name, Median(seconds[i]), Median(seconds[0].Zip(seconds[i], (first, own) => first / own))))];
    }

    /// <summary>The median; of an even number of values, the lower one of the two.</summary>
    /// <param name="values">At least one value.</param>
    /// <returns>The median.</returns>
    public static double Median(IEnumerable<double> values)
    {
        var ascending = values.Order().ToArray();
        return ascending[(ascending.Length - 1) / 2];
    }
}
