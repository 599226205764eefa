using System.Collections.Concurrent;
using System.Diagnostics;
using Sheaf.Learning.Torch.Tests.Fixtures;
using Sheaf.Learning.Training;
using TorchSharp;

namespace Sheaf.Learning.Torch.Tests;

public sealed class NativeMemoryTests
{
    private static readonly TimeSpan StressTime = TimeSpan.FromSeconds(5);
    private static readonly LocalTraining Local = new() { Epochs = 2, BatchSize = 4 };

    [Fact]
    public void Train_AndEvaluate_LeaveNoTensorBehind()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), Local);
        var devices = TestDevices.Many(model, 40);
        // Whatever earlier tests left to the collector must not go while we count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = torch.Tensor.TotalCount;
        using (var trainer = TrainingRun.Trainer(model))
        {
            var owned = torch.Tensor.TotalCount;
            for (var i = 0; i < 5; i++)
            {
                TrainingRun.Of(trainer, model, order, devices);
                trainer.Evaluate(order.Parameters, [devices[0].Examples, devices[1].Examples], new EvaluationOutcome[2]);
            }

            // The scratch memory of a step comes with the first step: its five lists, the bags, the labels' ones and the table.
            Assert.Equal(owned + 8, torch.Tensor.TotalCount);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void Train_TwoLanesUnderConstantCollection_KeepsEveryBit()
    {
        var model = TestDevices.SmallModel(hasHiddenLayer: true);
        var order = TrainingRun.Order(TestDevices.Checkpoint(model), Local);
        var devices = TestDevices.Many(model, 40);
        var quiet = TrainingRun.Of(model, order, devices);
        var failures = new ConcurrentQueue<string>();
        var clock = Stopwatch.StartNew();
        var rounds = 0;

        var lanes = Enumerable.Range(0, 2).Select(lane => new Thread(() =>
        {
            using var trainer = TrainingRun.Trainer(model);
            while (clock.Elapsed < StressTime)
            {
                var run = TrainingRun.Of(trainer, model, order, devices);
                if (!run.Sum.Units.SequenceEqual(quiet.Sum.Units) || !run.Outcomes.SequenceEqual(quiet.Outcomes))
                {
                    failures.Enqueue($"lane {lane}");
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
        Assert.True(rounds > 10, $"{rounds} rounds");
    }
}
