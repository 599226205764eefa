using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Tests.Aggregation;
using Sheaf.Learning.Torch.Aggregation;
using Sheaf.Learning.Torch.Tests.Fixtures;
using TorchSharp;

namespace Sheaf.Learning.Torch.Tests.Aggregation;

public sealed class TorchChunkMathTests : ChunkMathContract
{
    protected override IChunkMath Math { get; } = new TorchChunkMath();

    [Fact]
    public void EveryOperation_ManyTimes_LeavesNoTensorBehind()
    {
        Exercise(Math);
        var before = TensorCount.Settled();

        for (var i = 0; i < 5; i++)
        {
            Exercise(Math);
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void TorchChunkMath_CudaWithoutCuda_SaysWhatIsMissing()
    {
        if (TorchTrainerFactory.Accelerators.Length > 0)
        {
            Assert.Equal("torch-cuda", new TorchChunkMath("cuda").Name);
            return;
        }

        Assert.StartsWith("This libtorch has no 'cuda'", Assert.Throws<ArgumentException>(() => new TorchChunkMath("cuda")).Message, StringComparison.Ordinal);
    }

    private static void Exercise(IChunkMath math)
    {
        var values = RuleRuns.Inputs(1, 3 * 1500, 1)[0];
        var result = new float[1500];
        math.Scale(new long[1500], [2], result);
        math.TrimmedMean(new InputChunk(values, 3), 1, result);
        math.Combine(new InputChunk(values, 3), [1, 2, 3], result);
        math.AddSquaredNorms(new InputChunk(values, 3), new double[3]);
        math.AddSquaredDistances(new InputChunk(values, 3), new double[9]);
    }
}

public sealed class TorchSliceRuleTests : SliceRuleContract
{
    protected override IChunkMath Math { get; } = new TorchChunkMath();
}

/// <summary>On CUDA where the machine has it; elsewhere once more on the CPU.</summary>
public sealed class AcceleratorChunkMathTests : ChunkMathContract
{
    protected override IChunkMath Math { get; } = new TorchChunkMath(TorchTrainerFactory.Accelerators.FirstOrDefault("cpu"));
}

/// <summary>On CUDA where the machine has it; elsewhere once more on the CPU.</summary>
public sealed class AcceleratorSliceRuleTests : SliceRuleContract
{
    protected override IChunkMath Math { get; } = new TorchChunkMath(TorchTrainerFactory.Accelerators.FirstOrDefault("cpu"));
}
