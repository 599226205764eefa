using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Aggregation;

/// <summary>The arithmetic of aggregation with libtorch: on the CPU, or on an accelerator. Thread-safe.</summary>
/// <remarks>Only element-wise operations and a sort are used, whose bits the standard of floating-point numbers fixes; reductions and matrix
/// products, which add in an order of their own, are not. On the device it holds a few times the chunk, never the model.</remarks>
public sealed class TorchChunkMath : IChunkMath
{
    private readonly Device _device;

    /// <summary>Opens the device.</summary>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>, with an index where there are several: <c>cuda:1</c>.</param>
    /// <exception cref="ArgumentException">This libtorch knows no such device.</exception>
    public TorchChunkMath(string device = "cpu") => _device = ComputeDevice.Open(device).Torch;

    /// <inheritdoc/>
    public string Name => _device.type == DeviceType.CPU ? "torch-cpu" : "torch-cuda";

    /// <inheritdoc/>
    public void Scale(ReadOnlySpan<long> units, ReadOnlySpan<double> factors, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, units.Length, "The result");
        var columns = ChunkMathArguments.ColumnsOf(units.Length, factors.Length);
        using var scope = NewDisposeScope();
        try
        {
            var host = empty([factors.Length, columns], ScalarType.Int64);
            units.CopyTo(TensorMemory.Longs(host));
            Download(host.to(_device).to(ScalarType.Float64).mul(Doubles(factors).unsqueeze(1)), result);
        }
        catch (ExternalException exception)
        {
            throw new TorchComputationException($"scaling {units.Length} units", exception);
        }
    }

    /// <inheritdoc/>
    public void TrimmedMean(InputChunk chunk, int trimmed, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, chunk.Columns, "The result");
        ChunkMathArguments.EnsureTrimmed(trimmed, chunk.Inputs);
        using var scope = NewDisposeScope();
        try
        {
            var (sorted, _) = Upload(chunk, chunk.Columns).sort(0);
            var sum = zeros([chunk.Columns], ScalarType.Float64, _device);
            for (var input = trimmed; input < chunk.Inputs - trimmed; input++)
            {
                using var row = NewDisposeScope();
                sum.add_(sorted.select(0, input).to(ScalarType.Float64), Scalars.One);
            }

            Download(sum.mul(Doubles([1.0 / (chunk.Inputs - (2 * trimmed))])), result);
        }
        catch (ExternalException exception)
        {
            throw Failure(chunk, exception);
        }
    }

    /// <inheritdoc/>
    public void Combine(InputChunk chunk, ReadOnlySpan<double> coefficients, Span<float> result)
    {
        ChunkMathArguments.EnsureLength(result.Length, chunk.Columns, "The result");
        ChunkMathArguments.EnsureLength(coefficients.Length, chunk.Inputs, "The list of coefficients");
        using var scope = NewDisposeScope();
        try
        {
            var (values, factors) = (Upload(chunk, chunk.Columns), Doubles(coefficients));
            var sum = zeros([chunk.Columns], ScalarType.Float64, _device);
            for (var input = 0; input < chunk.Inputs; input++)
            {
                if (coefficients[input] != 0)
                {
                    using var row = NewDisposeScope();
                    // A product of its own: one that is fused with the sum is rounded once instead of twice.
                    sum.add_(values.select(0, input).to(ScalarType.Float64).mul(factors.narrow(0, input, 1)), Scalars.One);
                }
            }

            Download(sum, result);
        }
        catch (ExternalException exception)
        {
            throw Failure(chunk, exception);
        }
    }

    /// <inheritdoc/>
    public void AddSquaredNorms(InputChunk chunk, Span<double> norms)
    {
        ChunkMathArguments.EnsureLength(norms.Length, chunk.Inputs, "The list of norms");
        using var scope = NewDisposeScope();
        try
        {
            var values = Upload(chunk, Padded(chunk.Columns)).to(ScalarType.Float64);
            var sums = BlockSums(values, chunk.Inputs);
            for (var input = 0; input < chunk.Inputs; input++)
            {
                norms[input] = AddTo(norms[input], sums, input);
            }
        }
        catch (ExternalException exception)
        {
            throw Failure(chunk, exception);
        }
    }

    /// <inheritdoc/>
    public void AddSquaredDistances(InputChunk chunk, Span<double> distances)
    {
        ChunkMathArguments.EnsureLength(distances.Length, checked(chunk.Inputs * chunk.Inputs), "The table of distances");
        using var scope = NewDisposeScope();
        try
        {
            var values = Upload(chunk, Padded(chunk.Columns)).to(ScalarType.Float64);
            for (var left = 0; left < chunk.Inputs - 1; left++)
            {
                using var row = NewDisposeScope();
                var others = chunk.Inputs - left - 1;
                var sums = BlockSums(values.narrow(0, left, 1).sub(values.narrow(0, left + 1, others)), others);
                for (var other = 0; other < others; other++)
                {
                    var (at, mirrored) = ((left * chunk.Inputs) + left + 1 + other, ((left + 1 + other) * chunk.Inputs) + left);
                    distances[at] = distances[mirrored] = AddTo(distances[at], sums, other);
                }
            }
        }
        catch (ExternalException exception)
        {
            throw Failure(chunk, exception);
        }
    }

    private static int Padded(int columns) => checked(columns + IChunkMath.BlockColumns - 1) / IChunkMath.BlockColumns * IChunkMath.BlockColumns;

    private static TorchComputationException Failure(InputChunk chunk, ExternalException exception) =>
        new($"aggregating {chunk.Columns} parameters of {chunk.Inputs} inputs", exception);

    /// <summary>The sums of squares of each row's blocks, added by halves.</summary>
    private static Tensor BlockSums(Tensor rows, int count)
    {
        var sums = rows.mul(rows).view(count, -1, IChunkMath.BlockColumns);
        for (var width = IChunkMath.BlockColumns / 2; width > 0; width /= 2)
        {
            sums = sums.narrow(2, 0, width).add(sums.narrow(2, width, width), Scalars.One);
        }

        return sums.squeeze(2).cpu().contiguous();
    }

    private static double AddTo(double total, Tensor sums, int row)
    {
        var values = MemoryMarshal.Cast<byte, double>(sums.bytes);
        var blocks = (int)sums.shape[1];
        foreach (var sum in values.Slice(row * blocks, blocks))
        {
            total += sum;
        }

        return total;
    }

    private static void Download(Tensor values, Span<float> result)
    {
        var host = values.to(ScalarType.Float32).cpu().contiguous();
        var floats = TensorMemory.Floats(host);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = floats[i] + 0f;
        }
    }

    private Tensor Doubles(ReadOnlySpan<double> values)
    {
        var host = empty([values.Length], ScalarType.Float64);
        values.CopyTo(MemoryMarshal.Cast<byte, double>(host.bytes));
        return host.to(_device);
    }

    private Tensor Upload(InputChunk chunk, int columns)
    {
        var host = columns == chunk.Columns ? empty([chunk.Inputs, columns], ScalarType.Float32) : zeros([chunk.Inputs, columns], ScalarType.Float32);
        TensorMemory.CopyRows(chunk.Values, chunk.Columns, TensorMemory.Floats(host), columns);
        return host.to(_device);
    }
}
