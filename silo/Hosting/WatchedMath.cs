using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch;

namespace Sheaf.Silo.Hosting;

/// <summary>
/// Aggregates on an accelerator, and has its health looked at whenever that fails. Once it computes no more, the processor does, which gives the same bits: the round that failed
/// is aggregated again, here or elsewhere. Thread-safe.
/// </summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="math">Its arithmetic.</param>
/// <param name="processor">The processor's.</param>
/// <param name="health">Whether it still computes.</param>
internal sealed class WatchedMath(string accelerator, IChunkMath math, IChunkMath processor, AcceleratorHealth health) : IChunkMath
{
    /// <inheritdoc/>
    public string Name => Now.Name;

    private IChunkMath Now => health.Lost is null ? math : processor;

    /// <inheritdoc/>
    public void Scale(ReadOnlySpan<long> units, ReadOnlySpan<double> factors, Span<float> result)
    {
        try
        {
            Now.Scale(units, factors, result);
        }
        catch (TorchComputationException failure) when (IsNoted(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public void TrimmedMean(InputChunk chunk, int trimmed, Span<float> result)
    {
        try
        {
            Now.TrimmedMean(chunk, trimmed, result);
        }
        catch (TorchComputationException failure) when (IsNoted(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public void Combine(InputChunk chunk, ReadOnlySpan<double> coefficients, Span<float> result)
    {
        try
        {
            Now.Combine(chunk, coefficients, result);
        }
        catch (TorchComputationException failure) when (IsNoted(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public void AddSquaredNorms(InputChunk chunk, Span<double> norms)
    {
        try
        {
            Now.AddSquaredNorms(chunk, norms);
        }
        catch (TorchComputationException failure) when (IsNoted(failure))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public void AddSquaredDistances(InputChunk chunk, Span<double> distances)
    {
        try
        {
            Now.AddSquaredDistances(chunk, distances);
        }
        catch (TorchComputationException failure) when (IsNoted(failure))
        {
            throw;
        }
    }

    private bool IsNoted(TorchComputationException failure)
    {
        health.Check(accelerator, failure);
        return true;
    }
}
