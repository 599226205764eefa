using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Benchmarks;

/// <summary>Device updates a second of the trainer, on one thread, beside the two plain loops: packed examples in, a sum out, everything included.</summary>
internal static class TrainerBenchmark
{
    private const int Devices = 256;
    private const int Rounds = 15;

    /// <summary>Measures devices with equally many examples, and devices of which few have most.</summary>
    /// <param name="rounds">How often each way is measured.</param>
    /// <returns>A table of each, when it is measured.</returns>
    public static IEnumerable<BenchmarkTable> Run(int rounds = Rounds)
    {
        // Also what fixes libtorch at one thread, for the plain loops too.
        _ = new TorchTrainerFactory();
        using var plain = new PlainLoops();
        yield return Run("equally many examples", Workload.Devices(Devices), plain, rounds);
        yield return Run("few devices with most examples", Workload.HeavyTailed(Devices), plain, rounds);
    }

    private static BenchmarkTable Run(string what, DeviceWork[] devices, PlainLoops plain, int rounds)
    {
        var order = Workload.Order(Workload.Model.Initialize(1));
        int[] widths = [1, 8, 32, 128];
        var trainers = Array.ConvertAll(widths, width => new DeviceAxisTrainer(Workload.Model, width, ComputeDevice.Processor));
        var measured = new Interleaved(rounds).Measure(
        [
            ("plain loop, dense", () => plain.Dense(devices)),
            ("plain loop, touched rows", () => plain.TouchedRows(devices)),
            .. widths.Zip(trainers, (width, trainer) => ($"trainer, D = {width}", (Action)(() => Train(trainer, order, devices)))),
        ]);
        Array.ForEach(trainers, trainer => trainer.Dispose());

        return new BenchmarkTable(
            [$"{what}: device updates, 1 thread", "a second", "beside the dense loop", "beside touched rows"],
            [.. measured.Select(way => (string[])[way.Name, Show($"{Devices / way.Seconds:N0}"), Show($"{way.Speedup:F1}×"), Show($"{measured[1].Seconds / way.Seconds:F1}×")])]);
    }

    private static string Show(FormattableString text) => FormattableString.Invariant(text);

    private static void Train(DeviceAxisTrainer trainer, TrainingOrder order, DeviceWork[] devices)
    {
        var sum = new FixedPointSum(Workload.Model.ParameterCount, FixedPointScale.FromBounds(order.Bounds.ClipNorm, 1, Devices));
        trainer.Train(order, devices, sum, new TrainingOutcome[devices.Length]);
        if (sum.Updates != Devices)
        {
            throw new InvalidOperationException($"Only {sum.Updates} of {Devices} updates were folded: what was measured is not the work.");
        }
    }
}
