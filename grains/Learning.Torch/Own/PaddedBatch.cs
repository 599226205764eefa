using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>A step's examples of some devices, padded to rows of one length. Its tensors belong to the dispose scope of <see cref="Begin"/>.</summary>
/// <param name="model">The model.</param>
internal sealed class PaddedBatch(OwnTextModel model) : IDisposable
{
    private const int LengthMin = 8;

    private readonly GrowingTensor _tokens = new(ScalarType.Int64, CPU);
    private readonly GrowingTensor _lengths = new(ScalarType.Int64, CPU);
    private readonly GrowingTensor _labels = new(ScalarType.Int64, CPU);
    private readonly List<int> _counts = [];
    private int _rows;
    private int _length;

    /// <summary>The model.</summary>
    public OwnTextModel Model => model;

    /// <summary>How many devices there are.</summary>
    public int Devices => _counts.Count;

    /// <summary>Tokens and padding [devices, rows, length].</summary>
    public Tensor Tokens { get; private set; } = null!;

    /// <summary>Tokens of each row, at least 1 [devices, rows].</summary>
    public Tensor Lengths { get; private set; } = null!;

    /// <summary>Classes; 0 in rows that are not used [devices, rows].</summary>
    public Tensor Labels { get; private set; } = null!;

    /// <summary>The length that all of a device's batches are padded to: it depends on nobody but the device.</summary>
    /// <param name="examples">All the device's examples.</param>
    /// <returns>A power of two of at least 8.</returns>
    public static int LengthFor(PackedExamples examples)
    {
        var longest = LengthMin;
        for (var example = 0; example < examples.Count; example++)
        {
            longest = Math.Max(longest, examples.TokensOf(example).Length);
        }

        return (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)longest);
    }

    /// <summary>How many of a device's rows hold an example.</summary>
    /// <param name="device">The device.</param>
    /// <returns>The first so many rows do.</returns>
    public int CountOf(int device) => _counts[device];

    /// <summary>Begins a batch of nothing but padding.</summary>
    /// <param name="devices">How many devices.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="length">The length of a row.</param>
    public void Begin(int devices, int rows, int length)
    {
        (_rows, _length) = (rows, length);
        Tokens = _tokens.Take((long)devices * rows * length).view(devices, rows, length);
        Lengths = _lengths.Take((long)devices * rows).view(devices, rows);
        Labels = _labels.Take((long)devices * rows).view(devices, rows);
        TensorMemory.Longs(Tokens).Fill(model.Padding);
        TensorMemory.Longs(Lengths).Fill(1);
        TensorMemory.Longs(Labels).Clear();
        _counts.Clear();
        _counts.AddRange(Enumerable.Repeat(0, devices));
    }

    /// <summary>Puts a device's examples into its rows.</summary>
    /// <param name="device">The device's place.</param>
    /// <param name="examples">All its examples.</param>
    /// <param name="batch">Those of this step.</param>
    /// <exception cref="ArgumentException">A token or a label is none of the model's.</exception>
    public void Put(int device, PackedExamples examples, ReadOnlySpan<int> batch)
    {
        var tokens = TensorMemory.Longs(Tokens);
        var lengths = TensorMemory.Longs(Lengths);
        var labels = TensorMemory.Longs(Labels);
        for (var i = 0; i < batch.Length; i++)
        {
            var row = (device * _rows) + i;
            var text = examples.TokensOf(batch[i]);
            labels[row] = ExampleRange.Label(examples.Labels[batch[i]], model);
            lengths[row] = Math.Max(1, text.Length);
            for (var place = 0; place < text.Length; place++)
            {
                tokens[(row * _length) + place] = ExampleRange.Token(text[place], model.Buckets);
            }
        }

        _counts[device] = batch.Length;
    }

    /// <summary>Overwrites tokens, lengths and labels of this batch, and of larger ones before it, with zeros.</summary>
    public void Forget()
    {
        _tokens.Clear();
        _lengths.Clear();
        _labels.Clear();
        _counts.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _lengths.Dispose();
        _labels.Dispose();
    }
}
