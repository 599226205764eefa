using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Populations;
using Sheaf.Learning.Text;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Torch.Benchmarks;
using Sheaf.Learning.Training;

namespace Sheaf.Silo.Benchmarks;

/// <summary>A round without any grain: devices packed beforehand, a trainer on each core, one sum, one server step.</summary>
internal sealed class BareRound : IDisposable
{
    private readonly DeviceWork[][] _batches;
    private readonly ILocalTrainer[] _trainers;
    private readonly FixedPointSum[] _sums;
    private readonly TrainingOrder _order;
    private readonly FedAvg _server = new(1);
    private readonly ServerState _state;

    /// <summary>Makes the devices of a population.</summary>
    /// <param name="made">How the population is made.</param>
    /// <param name="labels">Its labels.</param>
    public BareRound(GeneratedSpec made, ImmutableArray<string> labels)
    {
        var factory = new TorchTrainerFactory();
        var architecture = new EmbeddingBagClassifier(Model.Buckets, Model.EmbeddingSize, Model.HiddenSize, labels.Length);
        _batches = [.. DevicesOf(made, labels).OrderByDescending(device => device.Examples.Count).Chunk(factory.PreferredBatch)];
        _order = Workload.Order(architecture.Initialize(1));
        _state = _server.Initialize(_order.Parameters.ToArray());
        var scale = FixedPointScale.FromBounds(_order.Bounds.ClipNorm, 1, made.Devices);
        var lanes = Enumerable.Range(0, Environment.ProcessorCount);
        _trainers = [.. lanes.Select(_ => factory.Create(architecture))];
        _sums = [.. lanes.Select(_ => new FixedPointSum(architecture.ParameterCount, scale))];
    }

    /// <summary>The model of the workload, as the grains are told of it.</summary>
    public static ModelSpec Model { get; } = new("embedding-bag", 5000, 64, 128, Bigrams: false);

    /// <summary>Trains every device once.</summary>
    /// <returns>The seconds it took.</returns>
    public double Train()
    {
        var start = Stopwatch.GetTimestamp();
        var next = -1;
        var lanes = _trainers.Select((_, lane) => new Thread(() =>
        {
            _sums[lane].Clear();
            while (Interlocked.Increment(ref next) is var batch && batch < _batches.Length)
            {
                _trainers[lane].Train(_order, _batches[batch], _sums[lane], new TrainingOutcome[_batches[batch].Length]);
            }
        })).ToArray();
        Array.ForEach(lanes, lane => lane.Start());
        Array.ForEach(lanes, lane => lane.Join());
        foreach (var sum in _sums[1..])
        {
            _sums[0].Add(sum);
        }

        _ = _server.Apply(_state, _sums[0].Mean());
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_trainers, trainer => trainer.Dispose());

    private static IEnumerable<DeviceWork> DevicesOf(GeneratedSpec made, ImmutableArray<string> labels)
    {
        var generator = new PopulationGenerator(new GeneratedPopulation
        {
            Seed = made.Seed,
            Devices = made.Devices,
            ZipfExponent = made.ZipfExponent,
            ExamplesMean = made.ExamplesMean,
            ExamplesMax = made.ExamplesMax,
            LabelConcentration = made.LabelConcentration,
        });
        var packer = new ClassificationPacker(new HashingTokenizer(Model.Buckets, Model.Bigrams), labels);
        for (var device = 0; device < made.Devices; device++)
        {
            var examples = packer.Pack(generator.ExamplesOf(device, 0).Select(example => (example.Text, labels[example.LabelIndex])));
            yield return new DeviceWork(DevicePosition.Of(device.ToString(CultureInfo.InvariantCulture)), examples);
        }
    }
}
