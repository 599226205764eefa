using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Torch.Tests;

/// <summary>What training costs in managed memory: batches of devices follow one another for hours, and every byte is collected later.</summary>
public sealed class AllocationTests
{
    private const int Devices = 64;

    // The schedule, and a share of the wrappers of a batch's tensors: about 1.5 times what was measured. The rows that a device touches would be 60,000.
    private const long BytesPerUpdateMax = 1_460;

    [Fact]
    public void Train_Warmed_AllocatesLittlePerUpdate()
    {
        var model = TestDevices.IntentModel;
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), new LocalTraining { Epochs = 1, BatchSize = 10 });
        var devices = Enumerable.Range(0, Devices).Select(i => TestDevices.One(model, (ulong)i, 20, 12)).ToArray();
        var sum = new FixedPointSum(model.ParameterCount, FixedPointScale.FromBounds(order.Bounds.ClipNorm, 1, 4 * Devices));
        var outcomes = new TrainingOutcome[Devices];
        using var trainer = TrainingRun.Trainer(model);
        trainer.Train(order, devices, sum, outcomes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        trainer.Train(order, devices, sum, outcomes);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / Devices;

        Assert.Equal(2 * Devices, sum.Updates);
        Assert.True(bytes <= BytesPerUpdateMax, $"{bytes} bytes per device update; at most {BytesPerUpdateMax} are allowed.");
    }
}
