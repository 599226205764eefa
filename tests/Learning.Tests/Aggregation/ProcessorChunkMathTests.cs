using Sheaf.Learning.Aggregation;

namespace Sheaf.Learning.Tests.Aggregation;

public sealed class ProcessorChunkMathTests : ChunkMathContract
{
    protected override IChunkMath Math { get; } = new ProcessorChunkMath();
}

public sealed class ProcessorSliceRuleTests : SliceRuleContract
{
    protected override IChunkMath Math { get; } = new ProcessorChunkMath();
}
