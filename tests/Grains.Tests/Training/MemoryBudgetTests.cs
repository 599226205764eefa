using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Torch;

namespace Sheaf.Grains.Tests.Training;

public sealed class MemoryBudgetTests : IDisposable
{
    private readonly TrainingLanes _lanes = new(new TorchTrainerFactory(), new TrainingLaneOptions { Lanes = 2 });

    public void Dispose() => _lanes.Dispose();

    [Fact]
    public void Ensure_MoreThanThereIs_IsRefusedWithTheArithmetic()
    {
        var program = new TaskProgram(TinyStudy.Task("p", 1));
        var budget = new MemoryBudget(_lanes, new MemoryBudgetOptions { Bytes = 100_000 });

        var refused = Assert.Throws<NotEnoughMemoryException>(() => budget.Ensure(program));

        Assert.Matches(
            "^A model of [0-9,]+ parameters with 12 devices a round takes at least 0.0[0-9]* GB \\(checkpoints .*\\) on a silo of 2 lanes, and this one has 0.0 GB\\. Use a smaller model",
            refused.Message);
    }

    [Fact]
    public void Ensure_WhatThisMachineHas_IsEnoughForATinyStudy() => new MemoryBudget(_lanes, new MemoryBudgetOptions()).Ensure(new TaskProgram(TinyStudy.Task("p", 1)));
}
