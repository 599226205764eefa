using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Tests.Hosting;

/// <summary>What becomes of aggregation when the accelerator fails.</summary>
public sealed class WatchedMathTests
{
    private readonly Lifetime _lifetime = new();
    private bool _computes = true;

    public static TheoryData<string> Operations => ["scale", "trimmed mean", "combination", "norms", "distances"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void AnyOperation_FailsOnAnAcceleratorThatComputes_FailsAndIsTriedThereAgain(string operation)
    {
        var (math, health) = Make();

        Assert.Throws<TorchComputationException>(() => Do(math, operation));

        Assert.Equal((null, "broken", 0), (health.Lost, math.Name, _lifetime.Stops));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void AnyOperation_AfterTheAcceleratorIsLost_IsTheProcessors(string operation)
    {
        var (math, health) = Make();
        _computes = false;
        Assert.Throws<TorchComputationException>(() => Do(math, operation));

        var again = Do(math, operation);

        Assert.Equal(Do(new ProcessorChunkMath(), operation), again);
        Assert.Contains(again, value => value != 0);
        Assert.Equal(("cuda:0", "processor", 1), (health.Lost, math.Name, _lifetime.Stops));
    }

    private (WatchedMath Math, AcceleratorHealth Health) Make()
    {
        var health = new AcceleratorHealth(_ => _computes, _lifetime, NullLogger<AcceleratorHealth>.Instance);
        return (new WatchedMath("cuda:0", new Broken(), new ProcessorChunkMath(), health), health);
    }

    private static double[] Do(IChunkMath math, string operation)
    {
        var chunk = new InputChunk([1, 2, 3, 5, 7, 11], 3);
        var (floats, doubles) = (new float[2], new double[9]);
        switch (operation)
        {
            case "scale":
                math.Scale([3, 4], [0.5], floats);
                break;
            case "trimmed mean":
                math.TrimmedMean(chunk, 1, floats);
                break;
            case "combination":
                math.Combine(chunk, [1, 2, 3], floats);
                break;
            case "norms":
                math.AddSquaredNorms(chunk, doubles.AsSpan(0, 3));
                break;
            default:
                math.AddSquaredDistances(chunk, doubles);
                break;
        }

        return [.. floats.Select(value => (double)value), .. doubles];
    }

    private sealed class Broken : IChunkMath
    {
        public string Name => "broken";

        public void Scale(ReadOnlySpan<long> units, ReadOnlySpan<double> factors, Span<float> result) => throw Failure();

        public void TrimmedMean(InputChunk chunk, int trimmed, Span<float> result) => throw Failure();

        public void Combine(InputChunk chunk, ReadOnlySpan<double> coefficients, Span<float> result) => throw Failure();

        public void AddSquaredNorms(InputChunk chunk, Span<double> norms) => throw Failure();

        public void AddSquaredDistances(InputChunk chunk, Span<double> distances) => throw Failure();

        private static TorchComputationException Failure() => new("aggregating", new CudaException());
    }

    private sealed class CudaException() : ExternalException("CUDA error");

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public int Stops { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stops++;
    }
}
