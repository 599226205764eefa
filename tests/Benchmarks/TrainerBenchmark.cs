using System.Globalization;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;

namespace Sheaf.Benchmarks;

/// <summary>Device updates a second of the trainer, on one thread, beside the two plain loops: packed examples in, a sum out, everything included.</summary>
internal static class TrainerBenchmark
{
    private const int Devices = 256;
    private const int Rounds = 15;

    /// <summary>Measures and prints the rows of a table.</summary>
    /// <param name="output">Where they go.</param>
    public static void Run(TextWriter output)
    {
        // Also what fixes libtorch at one thread, for the plain loops too.
        _ = new TorchTrainerFactory();
        using var plain = new PlainLoops();
        var devices = Workload.Devices(Devices);
        var order = Workload.Order(Workload.Model.Initialize(1));
        int[] widths = [1, 8, 32, 128];
        var trainers = Array.ConvertAll(widths, width => new DeviceAxisTrainer(Workload.Model, width));
        var measured = new Interleaved(Rounds).Measure(
        [
            ("plain loop, dense", () => plain.Dense(devices)),
            ("plain loop, touched rows", () => plain.TouchedRows(devices)),
            .. widths.Zip(trainers, (width, trainer) => ($"trainer, D = {width}", (Action)(() => Train(trainer, order, devices)))),
        ]);
        Array.ForEach(trainers, trainer => trainer.Dispose());

        output.WriteLine("| device updates, 1 thread | a second | beside the dense loop |");
        output.WriteLine("|---|---|---|");
        foreach (var (name, seconds, speedup) in measured)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Devices / seconds:N0} | {speedup:F1}× |"));
        }
    }

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
