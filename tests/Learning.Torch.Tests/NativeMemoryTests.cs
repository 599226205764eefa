using System.Collections.Concurrent;
using System.Diagnostics;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;
using TorchSharp;

namespace Sheaf.Learning.Torch.Tests;

public sealed class NativeMemoryTests
{
    private static readonly TimeSpan StressTime = TimeSpan.FromSeconds(6);

    // The scratch memory of a step comes with the first step: its five lists, the bags, the labels' ones and the table. An optimizer with a
    // memory has, for each of the five blocks, what it remembers and the start, and one gradient of the table.
    [Theory]
    [InlineData("sgd", 8)]
    [InlineData("momentum", 8 + 5 + 1)]
    [InlineData("adamw, proximal", 8 + 15 + 1)]
    public void Train_AndEvaluate_LeaveNoTensorBehind(string name, int scratch)
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), TrainingRun.Local(name) with { Epochs = 2, BatchSize = 4 });
        var devices = TestDevices.Many(model, 40);
        var before = TensorCount.Settled();
        using (var trainer = TrainingRun.Trainer(model))
        {
            var owned = torch.Tensor.TotalCount;
            for (var i = 0; i < 5; i++)
            {
                TrainingRun.Of(trainer, model, order, devices);
                trainer.Evaluate(order.Parameters, [devices[0].Examples, devices[1].Examples], new EvaluationOutcome[2]);
            }

            Assert.Equal(owned + scratch, torch.Tensor.TotalCount);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Train_TwoLanesUnderConstantCollection_KeepsEveryBit()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var checkpoint = TestDevices.Checkpoint(model);
        var orders = TrainingRun.OptimizerNames
            .Select(name => TrainingRun.Order(checkpoint, TrainingRun.Local(name) with { Epochs = 2, BatchSize = 4 })).ToArray();
        var devices = TestDevices.Many(model, 40);
        var quiet = Array.ConvertAll(orders, order => TrainingRun.Of(model, order, devices));
        var failures = new ConcurrentQueue<string>();
        var clock = Stopwatch.StartNew();
        var rounds = 0;

        var lanes = Enumerable.Range(0, 2).Select(lane => new Thread(() =>
        {
            using var trainer = TrainingRun.Trainer(model);
            for (var i = 0; clock.Elapsed < StressTime; i = (i + 1) % orders.Length)
            {
                var run = TrainingRun.Of(trainer, model, orders[i], devices);
                if (!run.Sum.Units.SequenceEqual(quiet[i].Sum.Units) || !run.Outcomes.SequenceEqual(quiet[i].Outcomes))
                {
                    failures.Enqueue($"lane {lane}, {orders[i].Local}");
                }

                Interlocked.Increment(ref rounds);
            }
        })).ToArray();
        Array.ForEach(lanes, lane => lane.Start());
        while (Array.Exists(lanes, lane => lane.IsAlive))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Empty(failures);
        Assert.True(rounds > 2 * orders.Length, $"{rounds} rounds");
    }
}
