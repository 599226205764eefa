using System.Globalization;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Torch.Aggregation;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;

namespace Sheaf.Benchmarks;

/// <summary>What an accelerator does beside the processor of the same machine: device updates a second, and chunks of aggregation.</summary>
internal static class AcceleratorBenchmark
{
    private const int Devices = 4096;
    private const int Rounds = 7;
    private const int Inputs = 64;

    /// <summary>Measures and prints the rows of two tables.</summary>
    /// <param name="output">Where they go.</param>
    public static void Run(TextWriter output)
    {
        _ = new TorchTrainerFactory();
        if (TorchTrainerFactory.Accelerators is not [var first, ..])
        {
            output.WriteLine("This machine has no accelerator, or its libtorch knows none.");
            return;
        }

        var accelerator = ComputeDevice.Open(first);
        var cores = Environment.ProcessorCount;
        var trained = new Interleaved(Rounds).Measure(
        [
            Training("processor, D = 32, 1 thread", ComputeDevice.Processor, 32, 1),
            Training(string.Create(CultureInfo.InvariantCulture, $"processor, D = 32, {cores} threads"), ComputeDevice.Processor, 32, cores),
            Training($"{first}, D = 256, 1 lane", accelerator, 256, 1),
            Training($"{first}, D = 256, 2 lanes", accelerator, 256, 2),
            Training($"{first}, D = 256, 4 lanes", accelerator, 256, 4),
            Training($"{first}, D = 1024, 1 lane", accelerator, 1024, 1),
            Training($"{first}, D = 1024, 4 lanes", accelerator, 1024, 4),
            Training($"{first}, D = 4096, 1 lane", accelerator, 4096, 1),
        ]);
        output.WriteLine("| device updates | a second | beside one thread |");
        output.WriteLine("|---|---|---|");
        foreach (var (name, seconds, speedup) in trained)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Devices / seconds:N0} | {speedup:F1}× |"));
        }

        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Inputs} inputs × {Workload.Model.ParameterCount:N0} parameters | processor | libtorch on the CPU | {first} |"));
        output.WriteLine("|---|---|---|---|");
        var values = Values();
        foreach (var (name, work) in Aggregations(values))
        {
            IChunkMath[] maths = [new ProcessorChunkMath(), new TorchChunkMath(), new TorchChunkMath(first)];
            var measured = new Interleaved(Rounds).Measure(Array.ConvertAll(maths, math => (math.Name, (Action)(() => work(math)))));
            output.WriteLine($"| {name} | {string.Join(" | ", measured.Select(way => string.Create(CultureInfo.InvariantCulture, $"{way.Seconds * 1000:F1} ms")))} |");
        }
    }

    private static (string, Action) Training(string name, ComputeDevice device, int width, int lanes)
    {
        var order = Workload.Order(Workload.Model.Initialize(1));
        var batches = Workload.Devices(Devices).Chunk(width).ToArray();
        var trainers = Enumerable.Range(0, lanes).Select(_ => new DeviceAxisTrainer(Workload.Model, width, device)).ToArray();
        var sums = Array.ConvertAll(trainers, _ => new FixedPointSum(Workload.Model.ParameterCount, FixedPointScale.FromBounds(order.Bounds.ClipNorm, 1, Devices)));
        return (name, () =>
        {
            var next = -1;
            var threads = trainers.Select((trainer, lane) => new Thread(() =>
            {
                sums[lane].Clear();
                while (Interlocked.Increment(ref next) is var batch && batch < batches.Length)
                {
                    trainer.Train(order, batches[batch], sums[lane], new TrainingOutcome[batches[batch].Length]);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            var updates = sums.Sum(sum => sum.Updates);
            if (updates != Devices)
            {
                throw new InvalidOperationException($"Only {updates} of {Devices} updates were folded: what was measured is not the work.");
            }
        });
    }

    private static float[] Values()
    {
        var values = new float[Inputs * Workload.Model.ParameterCount];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Sin(i);
        }

        return values;
    }

    private static IEnumerable<(string Name, Action<IChunkMath> Work)> Aggregations(float[] values)
    {
        var columns = Workload.Model.ParameterCount;
        var result = new float[columns];
        yield return ("mean of sums", math => math.Scale(Array.ConvertAll(values.AsSpan(0, columns).ToArray(), value => (long)(value * 1e6)), [1e-6], result));
        yield return ("median", math => math.TrimmedMean(new InputChunk(values, Inputs), (Inputs - 1) / 2, result));
        yield return ("distances of Multi-Krum", math => math.AddSquaredDistances(new InputChunk(values, Inputs), new double[Inputs * Inputs]));
    }
}
