using System.Collections.Concurrent;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Training;

/// <summary>Sums that are free to be used again: a sum is as long as a model, too large to be allocated for every slice. Thread-safe.</summary>
internal sealed class SumPool
{
    private const int FreeMax = 16;

    private readonly ConcurrentBag<FixedPointSum> _free = [];

    /// <summary>An empty sum.</summary>
    /// <param name="parameterCount">The length of the model.</param>
    /// <param name="scale">The scale.</param>
    /// <returns>A sum that holds nothing.</returns>
    public FixedPointSum Rent(int parameterCount, FixedPointScale scale) =>
        _free.TryTake(out var sum) && sum.Units.Length == parameterCount && sum.Scale == scale
            ? sum
            : new FixedPointSum(parameterCount, scale);

    /// <summary>Takes a sum back and forgets what it held.</summary>
    /// <param name="sum">The sum, not to be used afterwards; null does nothing.</param>
    public void Return(FixedPointSum? sum)
    {
        if (sum is not null && _free.Count < FreeMax)
        {
            sum.Clear();
            _free.Add(sum);
        }
    }
}
