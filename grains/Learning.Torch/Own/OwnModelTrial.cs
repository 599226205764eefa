using Sheaf.Learning.Extensions;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>Tries a user's model out before a task relies on it.</summary>
internal static class OwnModelTrial
{
    private const int Devices = 3;
    private const int Examples = 3;
    private const int Length = 8;
    private const double Tolerance = 1e-3;

    /// <summary>Runs the trial.</summary>
    /// <param name="model">The model, laid out.</param>
    /// <param name="module">One of its modules.</param>
    /// <returns>Whether many devices can be computed at once.</returns>
    /// <exception cref="OwnClassException">It failed.</exception>
    public static bool Run(OwnTextModel model, nn.Module<Tensor, Tensor, Tensor> module)
    {
        using var batch = new PaddedBatch(model);
        using var plain = new PlainNetwork(model);
        var start = ValuesOf(module);
        var buffers = BuffersOf(plain.Module);
        var (loss, draws) = (0f, false);
        Guard(model, () => draws = OwnTextModel.Draws(() => loss = Losses(plain, start, batch, [0])[0].Loss));
        if (draws)
        {
            throw new OwnClassException(
                $"the model '{model.Name}' draws random numbers while it trains, which no seed of a study governs", "Leave dropout and the like out of it.");
        }

        if (!BuffersOf(plain.Module).SequenceEqual(buffers))
        {
            throw new OwnClassException(
                $"the model '{model.Name}' changes a buffer while it trains, which no update carries and the next device would see",
                "Use a layer without running statistics, such as LayerNorm instead of BatchNorm.");
        }

        return model.Model is IDeviceAxisTextModel && IsOverDevices(model, start, batch, loss);
    }

    private static bool IsOverDevices(OwnTextModel model, float[] start, PaddedBatch batch, float plainLoss)
    {
        using var network = new DeviceAxisNetwork(model, Devices);
        var (together, isAlike) = (Array.Empty<(float Loss, float[] Values)>(), true);
        Guard(model, () =>
        {
            together = Losses(network, start, batch, [0, 1, 2]);
            for (var device = 0; device < Devices; device++)
            {
                var alone = Losses(network, start, batch, [device])[0];
                isAlike &= alone.Loss.Equals(together[device].Loss) && alone.Values.AsSpan().SequenceEqual(together[device].Values);
            }
        });
        return Math.Abs(together[0].Loss - plainLoss) <= Tolerance * Math.Max(1, Math.Abs(plainLoss))
            ? isAlike
            : throw new OwnClassException(
                $"the model '{model.Name}' over the device axis has a loss of {together[0].Loss} where its module has {plainLoss}",
                "Let Forward compute what the module of Create does, with the parameters in their order.");
    }

    // What the devices have after one step: the losses and the gradients are in it.
    private static (float Loss, float[] Values)[] Losses(OwnNetwork network, float[] start, PaddedBatch batch, int[] devices)
    {
        using var scope = NewDisposeScope();
        network.Load(start, devices.Length);
        batch.Begin(devices.Length, Examples, Length);
        for (var i = 0; i < devices.Length; i++)
        {
            batch.Put(i, MadeUp(devices[i], batch), [0, 1, 2]);
        }

        using var rule = new StepRule(new LocalTraining());
        var losses = network.Step(batch, rule);
        var results = new (float, float[])[devices.Length];
        for (var i = 0; i < devices.Length; i++)
        {
            var values = new float[start.Length];
            network.Read(i, values);
            results[i] = (losses[i], values);
        }

        return results;
    }

    private static PackedExamples MadeUp(int device, PaddedBatch batch)
    {
        var tokens = Enumerable.Range(0, Length + 2).Select(i => ((device * 31) + (i * 7)) % batch.Model.Buckets).ToArray();
        // The last text is empty.
        return new PackedExamples([0, 1, device % 2], [0, 2, Length + 2, Length + 2], tokens);
    }

    private static void Guard(OwnTextModel model, Action trial)
    {
        try
        {
            trial();
        }
        catch (Exception exception) when (exception is not OwnClassException)
        {
            // The boundary to the user's code: whatever it throws becomes the user's to mend.
            throw new OwnClassException(
                $"the model '{model.Name}' failed on three made-up texts: {OwnClassException.Describe(exception)}",
                "Mend its module, its loss or its Forward.", exception);
        }
    }

    private static float[] ValuesOf(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return [.. module.parameters().SelectMany(parameter => TensorMemory.Floats(parameter.detach()).ToArray())];
    }

    private static byte[] BuffersOf(nn.Module module)
    {
        using var scope = NewDisposeScope();
        return [.. module.named_buffers().SelectMany(buffer => buffer.buffer.contiguous().bytes.ToArray())];
    }
}
