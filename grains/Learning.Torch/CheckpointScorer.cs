using System.Numerics;
using System.Runtime.InteropServices;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Heads;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch;

/// <summary>Scores a checkpoint on the examples of many devices, a fixed number of examples at a time.</summary>
/// <remarks>Every computation has the same shape, the last one too, so an example's logits do not depend on its neighbours.
/// Of classes with the same logit, the lowest is on top.</remarks>
internal sealed class CheckpointScorer : IDisposable
{
    private const int ExamplesAtOnce = 256;
    private const int ExamplesAtOnceApart = 4096;

    private readonly ModelArchitecture _architecture;
    private readonly ParameterBlock _table;
    private readonly DenseParameters _dense;
    private readonly IDenseHead _head;
    private readonly Tensor _bags;
    private readonly ComputeDevice _device;
    private readonly (int Device, int Label)[] _pending;
    private int _count;
    private int _scored;

    /// <summary>Makes a scorer.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="device">What computes.</param>
    public CheckpointScorer(ModelArchitecture architecture, ComputeDevice device)
    {
        (_architecture, _device) = (architecture, device);
        _pending = new (int, int)[device.IsHost ? ExamplesAtOnce : ExamplesAtOnceApart];
        _table = architecture.Blocks.Single(block => block.IsSparse);
        _dense = new DenseParameters(architecture, devicesMax: 1, device);
        _head = DenseHead.Of(architecture, _dense);
        _bags = TensorMemory.Allocate(ScalarType.Float32, CPU, 1, _pending.Length, Width);
        // Rows that were never filled, and the padding, must be numbers.
        TensorMemory.Floats(_bags).Clear();
    }

    /// <summary>Scores every device.</summary>
    /// <param name="checkpoint">The flat parameter vector.</param>
    /// <param name="devices">The devices' examples.</param>
    /// <param name="outcomes">Receives one outcome per device.</param>
    /// <param name="correct">Receives whether each example was right; empty when nobody asks.</param>
    /// <param name="gradients">Receives each example's gradient in its logits; empty when nobody asks.</param>
    public void Score(
        ReadOnlySpan<float> checkpoint,
        ReadOnlySpan<PackedExamples> devices,
        Span<EvaluationOutcome> outcomes,
        Span<bool> correct,
        Span<float> gradients)
    {
        _dense.Load(checkpoint, devices: 1);
        var table = checkpoint.Slice(_table.Offset, _table.Count);
        (_count, _scored) = (0, 0);
        outcomes.Clear();
        for (var device = 0; device < devices.Length; device++)
        {
            for (var example = 0; example < devices[device].Count; example++)
            {
                Average(table, devices[device].TokensOf(example), BagOf(_count));
                _pending[_count++] = (device, ExampleRange.Label(devices[device].Labels[example], _architecture));
                if (_count == _pending.Length)
                {
                    ScorePending(outcomes, correct, gradients);
                }
            }
        }

        if (_count > 0)
        {
            TensorMemory.Floats(_bags)[(_count * Width)..].Clear();
            ScorePending(outcomes, correct, gradients);
        }
    }

    /// <summary>Overwrites what is left of the examples with zeros.</summary>
    public void Forget()
    {
        TensorMemory.Floats(_bags).Clear();
        Array.Clear(_pending);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _dense.Dispose();
        _bags.Dispose();
    }

    private static void Average(ReadOnlySpan<float> table, ReadOnlySpan<int> tokens, Span<float> bag)
    {
        bag.Clear();
        foreach (var token in tokens)
        {
            AddTo(bag, table.Slice(ExampleRange.Token(token, table.Length / bag.Length) * bag.Length, bag.Length));
        }

        var inverseLength = tokens.Length == 0 ? 0 : 1f / tokens.Length;
        foreach (ref var value in bag)
        {
            value *= inverseLength;
        }
    }

    private static void AddTo(Span<float> bag, ReadOnlySpan<float> row)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(bag);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] += new Vector<float>(row[(i * Vector<float>.Count)..]);
        }

        for (var i = vectors.Length * Vector<float>.Count; i < bag.Length; i++)
        {
            bag[i] += row[i];
        }
    }

    private int Width => TensorMemory.Padded(_table.Columns);

    private Span<float> BagOf(int example) => TensorMemory.Floats(_bags).Slice(example * Width, _table.Columns);

    private void ScorePending(Span<EvaluationOutcome> outcomes, Span<bool> correct, Span<float> gradients)
    {
        using var scope = NewDisposeScope();
        var logits = TensorMemory.Floats(_head.Forward(_bags.to(_device.Torch)).cpu());
        var stride = TensorMemory.Padded(_architecture.Classes);
        for (var i = 0; i < _count; i++)
        {
            var (device, label) = _pending[i];
            var ofExample = logits.Slice(i * stride, _architecture.Classes);
            var (loss, isCorrect) = Judge(ofExample, label);
            var before = outcomes[device];
            outcomes[device] = new EvaluationOutcome(before.Examples + 1, before.Correct + (isCorrect ? 1 : 0), before.LossSum + loss);
            if (!correct.IsEmpty)
            {
                correct[_scored] = isCorrect;
            }

            if (!gradients.IsEmpty)
            {
                LogitGradient.Write(ofExample, label, gradients.Slice(_scored * _architecture.Classes, _architecture.Classes));
            }

            _scored++;
        }

        _count = 0;
    }

    private static (double Loss, bool IsCorrect) Judge(ReadOnlySpan<float> logits, int label)
    {
        var top = 0;
        for (var i = 1; i < logits.Length; i++)
        {
            top = logits[i] > logits[top] ? i : top;
        }

        var exponentials = 0.0;
        foreach (var logit in logits)
        {
            exponentials += Math.Exp((double)logit - logits[top]);
        }

        var loss = Math.Log(exponentials) - ((double)logits[label] - logits[top]);
        return (loss, top == label && double.IsFinite(loss));
    }
}
