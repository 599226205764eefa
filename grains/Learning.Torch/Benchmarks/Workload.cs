using Sheaf.Learning.Devices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Benchmarks;

/// <summary>What is measured: an intent model of 336,060 parameters, and devices with texts of 12 tokens, few frequent and many rare.</summary>
internal static class Workload
{
    /// <summary>Texts of a device, where all have equally many.</summary>
    public const int Examples = 20;

    private const int ExamplesMax = 200;
    private const int MostExamples = 1060;

    /// <summary>Tokens of a text.</summary>
    public const int Tokens = 12;

    /// <summary>The step size.</summary>
    public const float LearningRate = 0.5f;

    /// <summary>The model: an embedding bag of 5000 × 64, a hidden layer of 128, 60 classes.</summary>
    public static EmbeddingBagClassifier Model { get; } = new(5000, 64, 128, 60);

    /// <summary>One epoch in batches of 10.</summary>
    public static LocalTraining Local { get; } = new() { Epochs = 1, BatchSize = 10, LearningRate = LearningRate };

    /// <summary>A round's order.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>The order.</returns>
    public static TrainingOrder Order(float[] checkpoint) =>
        new(Seed: 1, Round: 1, checkpoint, Local, new UpdateBounds(), AggregationWeighting.Equal);

    /// <summary>Makes devices that have equally many texts.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The devices, the same in every call.</returns>
    public static DeviceWork[] Devices(int count) => [.. Enumerable.Range(0, count).Select(index => DeviceOf((ulong)index, Examples))];

    /// <summary>Makes devices of which the k-th has 1/k as many texts as the first, or 200 at most: 20 on average, of 256 devices.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The devices, the same in every call, those with the most texts first, as a slice orders its own.</returns>
    public static DeviceWork[] HeavyTailed(int count) =>
        [.. Enumerable.Range(0, count).Select(index => DeviceOf((ulong)index, Math.Min(ExamplesMax, MostExamples / (index + 1))))];

    private static DeviceWork DeviceOf(ulong index, int examples)
    {
        var random = Prf.Sequence(1, Purpose.ExampleText, index);
        var (labels, tokens) = (new int[examples], new int[examples * Tokens]);
        foreach (ref var label in labels.AsSpan())
        {
            label = random.NextInt32(Model.Classes);
        }

        foreach (ref var token in tokens.AsSpan())
        {
            var u = random.NextDouble();
            token = (int)(u * u * Model.Buckets);
        }

        var starts = Enumerable.Range(0, examples + 1).Select(example => example * Tokens).ToArray();
        return new DeviceWork(DevicePosition.OfIndex(index), new PackedExamples(labels, starts, tokens));
    }
}
