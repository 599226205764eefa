using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Training;

/// <summary>The batches of one device in one round: which examples, in which order. A pure function of (seed, round, device).</summary>
/// <remarks>Each epoch is a fresh random order of the same examples; no batch crosses from one epoch into the next.</remarks>
public sealed class LocalSchedule
{
    private readonly int[] _order;
    private readonly int[] _batchStarts;

    private LocalSchedule(int[] order, int[] batchStarts, int examplesUsed) =>
        (_order, _batchStarts, ExamplesUsed) = (order, batchStarts, examplesUsed);

    /// <summary>How many batches there are.</summary>
    public int Steps => _batchStarts.Length - 1;

    /// <summary>How many different examples are used: the device's count, or the cap when it has more.</summary>
    public int ExamplesUsed { get; }

    /// <summary>The examples of one batch.</summary>
    /// <param name="step">The batch, in [0, <see cref="Steps"/>).</param>
    /// <returns>Indices into the device's examples.</returns>
    public ReadOnlySpan<int> Batch(int step) => _order.AsSpan(_batchStarts[step].._batchStarts[step + 1]);

    /// <summary>Plans the batches of a device.</summary>
    /// <param name="exampleCount">How many examples it has, at least 1.</param>
    /// <param name="local">How it trains.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <param name="position">The device's position.</param>
    /// <returns>The plan, the same for the same arguments.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no example.</exception>
    public static LocalSchedule Plan(int exampleCount, LocalTraining local, ulong seed, int round, ulong position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exampleCount, 1);
        ArgumentNullException.ThrowIfNull(local);
        var random = Prf.Sequence(seed, Purpose.LocalSchedule, (ulong)round, position);
        var chosen = Enumerable.Range(0, exampleCount).ToArray();
        random.Shuffle<int>(chosen);
        var (used, stepsPerEpoch, steps) = SizeOf(exampleCount, local);

        var order = new List<int>(Math.Min(steps, stepsPerEpoch) * local.BatchSize);
        var starts = new int[steps + 1];
        for (var step = 0; step < steps; step++)
        {
            var inEpoch = step % stepsPerEpoch;
            if (inEpoch == 0 && step > 0)
            {
                random.Shuffle(chosen.AsSpan(0, used));
            }

            var from = inEpoch * local.BatchSize;
            order.AddRange(chosen.AsSpan(from, Math.Min(local.BatchSize, used - from)));
            starts[step + 1] = order.Count;
        }

        return new LocalSchedule([.. order], starts, used);
    }

    /// <summary>How many examples a device trains on in a round, each as often as it does so: all batches of <see cref="Plan"/> together.</summary>
    /// <param name="exampleCount">How many examples it has, at least 0.</param>
    /// <param name="local">How it trains.</param>
    /// <returns>The number; 0 without examples.</returns>
    public static long ExamplesOf(int exampleCount, LocalTraining local)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exampleCount);
        ArgumentNullException.ThrowIfNull(local);
        if (exampleCount == 0)
        {
            return 0;
        }

        var (used, stepsPerEpoch, steps) = SizeOf(exampleCount, local);
        return ((long)(steps / stepsPerEpoch) * used) + Math.Min((long)(steps % stepsPerEpoch) * local.BatchSize, used);
    }

    private static (int Used, int StepsPerEpoch, int Steps) SizeOf(int exampleCount, LocalTraining local)
    {
        var used = Math.Min(exampleCount, local.ExamplesMax);
        var stepsPerEpoch = (used + local.BatchSize - 1) / local.BatchSize;
        return (used, stepsPerEpoch, local.Steps ?? checked(local.Epochs * stepsPerEpoch));
    }
}
