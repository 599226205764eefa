using System.Runtime;
using Sheaf.Learning.Models;
using Sheaf.Learning.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>
/// The judge: one device at a time, the whole table, gradients by autograd, examples one by one, steps by TorchSharp's own optimizers. They decay
/// every row of the table, so of a row that the device does not use the judge keeps the start.
/// </summary>
internal static class AutogradLoop
{
    private const long BytesMax = 64 << 20;

    private static readonly Scalar One = 1f.ToScalar();
    private static readonly Scalar MinusOne = (-1f).ToScalar();

    public static (float[] Update, double Loss, double SquaredLoss)[] TrainAll(ModelArchitecture model, TrainingOrder order, DeviceWork[] devices)
    {
        // Torch's own optimizers make Scalars that the collector could free while native code reads them: it waits.
        GC.TryStartNoGCRegion(BytesMax);
        try
        {
            return Array.ConvertAll(devices, device => Train(model, order, device));
        }
        finally
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }
        }
    }

    private static (float[] Update, double Loss, double SquaredLoss) Train(ModelArchitecture model, TrainingOrder order, DeviceWork device)
    {
        using var scope = NewDisposeScope();
        var starts = model.Blocks.Select(block => tensor(order.Parameters.Slice(block.Offset, block.Count).ToArray())
            .reshape(block.Rows, block.Columns)).ToArray();
        var blocks = starts.Select(start => new Parameter(start.clone())).ToArray();
        using var optimizer = OptimizerOf(order.Local, blocks);
        using var halfProximal = ((float)(order.Local.Proximal / 2)).ToScalar();
        var schedule = LocalSchedule.Plan(device.Examples.Count, order.Local, order.Seed, order.Round, device.Position);
        var (losses, squares) = (0.0, 0.0);
        for (var step = 0; step < schedule.Steps; step++)
        {
            var each = Losses(blocks, device.Examples, schedule.Batch(step));
            var loss = each.mean();
            losses += loss.item<float>();
            squares += each.mul(each).mean().item<float>();
            for (var block = 0; block < blocks.Length; block++)
            {
                var way = blocks[block].add(starts[block], MinusOne);
                loss = loss.add(way.mul(way).sum(), halfProximal);
            }

            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }

        var used = Enumerable.Range(0, schedule.Steps).SelectMany(step => schedule.Batch(step).ToArray())
            .SelectMany(example => device.Examples.TokensOf(example).ToArray()).ToHashSet();
        var update = blocks.SelectMany(block => block.detach().data<float>().ToArray()).ToArray();
        for (var i = 0; i < update.Length; i++)
        {
            var isUsed = i >= model.Blocks[0].Count || used.Contains(i / model.Blocks[0].Columns);
            update[i] = isUsed ? update[i] - order.Parameters.Span[i] : 0;
        }

        return (update, losses / schedule.Steps, squares / schedule.Steps);
    }

    private static optim.Optimizer OptimizerOf(LocalTraining local, Parameter[] blocks) => local.Optimizer switch
    {
        LocalOptimizer.Sgd => optim.SGD(blocks, local.LearningRate, local.Momentum),
        LocalOptimizer.Adam => optim.Adam(blocks, local.LearningRate, local.Beta1, local.Beta2, local.Epsilon),
        _ => optim.AdamW(blocks, local.LearningRate, local.Beta1, local.Beta2, local.Epsilon, local.WeightDecay),
    };

    private static Tensor Losses(Tensor[] blocks, PackedExamples examples, ReadOnlySpan<int> batch)
    {
        var bags = new List<Tensor>();
        var labels = new List<long>();
        foreach (var example in batch)
        {
            long[] tokens = [.. examples.TokensOf(example).ToArray()];
            bags.Add(tokens.Length == 0 ? zeros(blocks[0].shape[1]) : blocks[0].index_select(0, tensor(tokens)).mean([0L]));
            labels.Add(examples.Labels[example]);
        }

        // After the table come layers of a weight and a bias; softmax regression has the bias alone.
        var logits = stack(bags);
        for (var bias = blocks.Length == 2 ? 1 : 2; bias < blocks.Length; bias += 2)
        {
            var input = bias > 2 ? nn.functional.relu(logits) : logits;
            logits = (bias > 1 ? input.mm(blocks[bias - 1]) : input).add(blocks[bias], One);
        }

        return nn.functional.cross_entropy(logits, tensor(labels.ToArray()), reduction: nn.Reduction.None);
    }
}
