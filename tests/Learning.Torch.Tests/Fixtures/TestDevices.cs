using Sheaf.Learning.Devices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>Devices with random texts: few frequent tokens, many rare ones, some repeated, some texts empty.</summary>
internal static class TestDevices
{
    public static ModelArchitecture SmallModel(bool hasHiddenLayer) =>
        hasHiddenLayer ? new EmbeddingBagClassifier(50, 6, 7, 5) : new SoftmaxRegression(50, 5);

    /// <summary>Two words before each of five.</summary>
    public static LogBilinearModel LanguageModel { get; } = new(context: 2, embeddingSize: 6, classes: 5);

    /// <summary>The model and the devices of the throughput table: 336,060 parameters, 20 texts of 12 tokens.</summary>
    public static EmbeddingBagClassifier IntentModel { get; } = new(5000, 64, 128, 60);

    public static float[] Checkpoint(ModelArchitecture model, ulong seed = 1)
    {
        var random = Prf.Sequence(seed, Purpose.Initialization, 99);
        var parameters = new float[model.ParameterCount];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = (float)(0.3 * random.NextGaussian());
        }

        return parameters;
    }

    /// <summary>Many devices with 1 to 45 examples, most with few.</summary>
    public static DeviceWork[] Many(ModelArchitecture model, int count, ulong seed = 1)
    {
        var devices = new DeviceWork[count];
        for (var i = 0; i < count; i++)
        {
            var u = new PrfSequence(Prf.Value(seed, Purpose.Activity, (ulong)i)).NextDouble();
            devices[i] = One(model, (ulong)i, Math.Min(45, (int)(1 / (1 - u))), seed: seed);
        }

        return devices;
    }

    public static DeviceWork One(ModelArchitecture model, ulong index, int examples, int? tokensPerExample = null, ulong seed = 1)
    {
        var random = Prf.Sequence(seed, Purpose.ExampleText, index);
        var labels = new int[examples];
        var starts = new int[examples + 1];
        var tokens = new List<int>();
        for (var example = 0; example < examples; example++)
        {
            labels[example] = random.NextInt32(model.Classes);
            var length = tokensPerExample ?? random.NextInt32(9);
            for (var i = 0; i < length; i++)
            {
                var u = random.NextDouble();
                tokens.Add((int)(u * u * model.Buckets));
            }

            starts[example + 1] = tokens.Count;
        }

        return new DeviceWork(DevicePosition.OfIndex(index), new PackedExamples(labels, starts, [.. tokens]));
    }
}
