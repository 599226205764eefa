using System.Runtime.InteropServices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

public sealed class MemoryShortageTests
{
    private static readonly ModelArchitecture Model = TestDevices.SmallModel(hasHiddenLayer: true);
    private static readonly TrainingOrder Order = TrainingRun.Order(TestDevices.Checkpoint(Model), new LocalTraining());

    [Fact]
    public void Train_MemoryRunsOut_HalvesSaysSoAndGivesTheSameSum()
    {
        var devices = TestDevices.Many(Model, 40);
        var (halved, computed) = (new List<int>(), new List<int>());
        using var usual = TrainingRun.Trainer(Model);
        using var trainer = new DeviceAxisTrainer(Model, 32, ComputeDevice.Processor)
        {
            Halved = halved.Add,
            Computing = count =>
            {
                computed.Add(count);
                if (count > 10)
                {
                    throw new NativeFailure("CUDA out of memory. Tried to allocate 2.00 GiB.");
                }
            },
        };

        var run = TrainingRun.Of(trainer, Model, Order, devices);

        var expected = TrainingRun.Of(usual, Model, Order, devices);
        Assert.Equal(expected.Outcomes, run.Outcomes);
        Assert.True(expected.Sum.Units.SequenceEqual(run.Sum.Units));
        Assert.Equal([16, 8], halved);
        // It stays with what fits, in later calls, too.
        Assert.Equal([32, 16, 8, 8, 8, 8, 8], computed);
        computed.Clear();
        TrainingRun.Of(trainer, Model, Order, devices.AsSpan(0, 16));
        Assert.Equal([8, 8], computed);
    }

    [Fact]
    public void Train_NotEvenOneFits_Fails()
    {
        using var trainer = new DeviceAxisTrainer(Model, 4, ComputeDevice.Processor)
        {
            Computing = _ => throw new NativeFailure("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        };

        Assert.Contains("can't allocate memory", Assert.Throws<TorchComputationException>(() => TrainingRun.Of(trainer, Model, Order, TestDevices.Many(Model, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AnotherFailure_IsNotTriedAgain()
    {
        var computed = 0;
        using var trainer = new DeviceAxisTrainer(Model, 4, ComputeDevice.Processor)
        {
            Computing = _ => throw new NativeFailure($"CUDA error: an illegal memory access was encountered ({++computed})"),
        };

        Assert.Throws<TorchComputationException>(() => TrainingRun.Of(trainer, Model, Order, TestDevices.Many(Model, 4)));
        Assert.Equal(1, computed);
    }

    [Fact]
    public void Create_MoreThanAnyMachineHas_IsHalvedUntilItFits()
    {
        // A mebibyte of dense values a device, for 2³⁰ devices at first: a pebibyte.
        var model = new EmbeddingBagClassifier(10, 512, 500, 4);
        var halved = new List<int>();

        using var trainer = MemoryShortage.Largest(1 << 30, devices => new DeviceAxisTrainer(model, devices, ComputeDevice.Processor), halved.Add);

        Assert.Equal(1 << 29, halved[0]);
        Assert.All(halved.Zip(halved.Skip(1)), pair => Assert.Equal(pair.First / 2, pair.Second));
    }

    private sealed class NativeFailure(string message) : ExternalException(message);
}
