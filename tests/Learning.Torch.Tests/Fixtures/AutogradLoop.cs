using Sheaf.Learning.Models;
using Sheaf.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Tests.Fixtures;

/// <summary>The judge: one device at a time, the whole table, gradients by autograd, examples one by one.</summary>
internal static class AutogradLoop
{
    private static readonly Scalar One = 1f.ToScalar();

    public static (float[] Update, double Loss) Train(ModelArchitecture model, TrainingOrder order, DeviceWork device)
    {
        using var scope = NewDisposeScope();
        using var minusLearningRate = ((float)-order.Local.LearningRate).ToScalar();
        var blocks = model.Blocks.Select(block => tensor(order.Parameters.Slice(block.Offset, block.Count).ToArray())
            .reshape(block.Rows, block.Columns).requires_grad_()).ToArray();
        var schedule = LocalSchedule.Plan(device.Examples.Count, order.Local, order.Seed, order.Round, device.Position);
        var losses = 0.0;
        for (var step = 0; step < schedule.Steps; step++)
        {
            var loss = Loss(blocks, device.Examples, schedule.Batch(step));
            losses += loss.item<float>();
            foreach (var block in blocks)
            {
                block.grad?.zero_();
            }

            loss.backward();
            using var noGradients = no_grad();
            foreach (var block in blocks)
            {
                // A batch without any token leaves the table without a gradient.
                if (block.grad is { } gradient)
                {
                    block.add_(gradient, minusLearningRate);
                }
            }
        }

        var update = blocks.SelectMany(block => block.detach().data<float>().ToArray()).ToArray();
        for (var i = 0; i < update.Length; i++)
        {
            update[i] -= order.Parameters.Span[i];
        }

        return (update, losses / schedule.Steps);
    }

    private static Tensor Loss(Tensor[] blocks, PackedExamples examples, ReadOnlySpan<int> batch)
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

        return nn.functional.cross_entropy(logits, tensor(labels.ToArray()));
    }
}
