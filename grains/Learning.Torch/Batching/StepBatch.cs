using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Batching;

/// <summary>What the devices of a batch train on in one step, as tensors: the tokens flat, the examples padded to the batch size.</summary>
/// <remarks>Tokens are never padded and the batch size never varies, so a device's numbers have the same shapes and places
/// whoever its neighbours are. A padding example has no token and weighs 0.</remarks>
/// <param name="architecture">The model.</param>
/// <param name="device">What computes with them.</param>
internal sealed class StepBatch(ModelArchitecture architecture, ComputeDevice device) : IDisposable
{
    private readonly StagedTensor _tokenRows = new(ScalarType.Int64, device);
    private readonly StagedTensor _tokenBags = new(ScalarType.Int64, device);
    private readonly StagedTensor _inverseLengths = new(ScalarType.Float32, device);
    private readonly StagedTensor _labels = new(ScalarType.Int64, device);
    private readonly StagedTensor _weights = new(ScalarType.Float32, device);

    /// <summary>The table row of every token [tokens].</summary>
    public Tensor TokenRows { get; private set; } = null!;

    /// <summary>The example of every token [tokens].</summary>
    public Tensor TokenBags { get; private set; } = null!;

    /// <summary>1 / the number of tokens of every example, or 0 [devices · batch, 1].</summary>
    public Tensor InverseLengths { get; private set; } = null!;

    /// <summary>The class of every example [devices, batch, 1].</summary>
    public Tensor Labels { get; private set; } = null!;

    /// <summary>1 / the number of its device's examples in this step for a real example, 0 for padding [devices, batch, 1].</summary>
    public Tensor Weights { get; private set; } = null!;

    /// <summary>Packs a step; the tensors belong to the current dispose scope.</summary>
    /// <param name="slots">The devices that still train.</param>
    /// <param name="rows">The rows of their tokens.</param>
    /// <param name="step">The step.</param>
    /// <param name="batchSize">Examples per device, padding included.</param>
    /// <exception cref="ArgumentException">A label is not a class of the model.</exception>
    public void Pack(ReadOnlySpan<TrainingSlot> slots, LocalRows rows, int step, int batchSize)
    {
        var (tokens, examples) = (CountTokens(slots, step), slots.Length * batchSize);
        _tokenRows.Take(tokens);
        _tokenBags.Take(tokens);
        _inverseLengths.Take(examples);
        _labels.Take(examples);
        _weights.Take(examples);
        FillTokens(slots, rows, step, batchSize);
        FillExamples(slots, step, batchSize);
        (TokenRows, TokenBags) = (_tokenRows.Upload(), _tokenBags.Upload());
        InverseLengths = _inverseLengths.Upload().view(examples, 1);
        Labels = _labels.Upload().view(slots.Length, batchSize, 1);
        Weights = _weights.Upload().view(slots.Length, batchSize, 1);
    }

    /// <summary>Overwrites tokens and labels of the last step, and of longer ones before it, with zeros.</summary>
    public void Forget()
    {
        _tokenRows.Clear();
        _tokenBags.Clear();
        _labels.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokenRows.Dispose();
        _tokenBags.Dispose();
        _inverseLengths.Dispose();
        _labels.Dispose();
        _weights.Dispose();
    }

    private static int CountTokens(ReadOnlySpan<TrainingSlot> slots, int step)
    {
        var tokens = 0;
        foreach (var slot in slots)
        {
            foreach (var example in slot.Schedule.Batch(step))
            {
                tokens += slot.Work.Examples.TokensOf(example).Length;
            }
        }

        return tokens;
    }

    private void FillTokens(ReadOnlySpan<TrainingSlot> slots, LocalRows rows, int step, int batchSize)
    {
        var tokenRows = TensorMemory.Longs(_tokenRows.OnHost);
        var tokenBags = TensorMemory.Longs(_tokenBags.OnHost);
        var token = 0;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var bag = slot * batchSize;
            foreach (var example in slots[slot].Schedule.Batch(step))
            {
                var exampleRows = rows.RowsOf(slot, slots[slot].Work.Examples, example);
                tokenBags.Slice(token, exampleRows.Length).Fill(bag++);
                foreach (var row in exampleRows)
                {
                    tokenRows[token++] = row;
                }
            }
        }
    }

    private void FillExamples(ReadOnlySpan<TrainingSlot> slots, int step, int batchSize)
    {
        var inverseLengths = TensorMemory.Floats(_inverseLengths.OnHost);
        var weights = TensorMemory.Floats(_weights.OnHost);
        var labels = TensorMemory.Longs(_labels.OnHost);
        inverseLengths.Clear();
        weights.Clear();
        labels.Clear();
        for (var slot = 0; slot < slots.Length; slot++)
        {
            var examples = slots[slot].Work.Examples;
            var batch = slots[slot].Schedule.Batch(step);
            weights.Slice(slot * batchSize, batch.Length).Fill(1f / batch.Length);
            for (var i = 0; i < batch.Length; i++)
            {
                var length = examples.TokensOf(batch[i]).Length;
                inverseLengths[(slot * batchSize) + i] = length == 0 ? 0 : 1f / length;
                labels[(slot * batchSize) + i] = ExampleRange.Label(examples.Labels[batch[i]], architecture);
            }
        }
    }
}
