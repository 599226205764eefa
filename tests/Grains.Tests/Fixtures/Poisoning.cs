using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Devices that send an update of their own making, past every check that a trainer makes. Thread-safe.</summary>
internal sealed class Poisoning(Func<ulong, bool> isPoisoned, double norm)
{
    private int _sent;

    /// <summary>How many such updates were sent.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Folds a poisoned update, if the device is one of those.</summary>
    public bool TryTrain(TrainingOrder order, DeviceWork device, FixedPointSum sum, ref TrainingOutcome outcome)
    {
        if (!isPoisoned(device.Position))
        {
            return false;
        }

        var value = (float)(norm / Math.Sqrt(order.Parameters.Length));
        sum.FoldDifference(0, [.. Enumerable.Range(0, order.Parameters.Length).Select(i => (Prf.Mix((ulong)i) & 1) == 0 ? value : -value)], new float[order.Parameters.Length], 1);
        sum.Count(1);
        outcome = new TrainingOutcome(UpdateVerdict.Folded, 1, device.Examples.Count, 1, norm, 0, 0, order.Parameters.Length);
        Interlocked.Increment(ref _sent);
        return true;
    }
}
