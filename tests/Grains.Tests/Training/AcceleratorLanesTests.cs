using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Torch;

namespace Sheaf.Grains.Tests.Training;

public sealed class AcceleratorLanesTests
{
    [Theory]
    [InlineData("cuda", 2, true, true)]
    [InlineData("cuda", 2, false, false)]
    [InlineData("cuda", 0, true, false)]
    [InlineData("processor", 2, true, false)]
    public void Of_WantedThereAndUsable_AreTheAccelerators(string wanted, int there, bool areUsable, bool expected)
    {
        var spec = TinyStudy.Task("any", 1);
        var program = new TaskProgram(spec with { Plan = spec.Plan with { Accelerator = wanted } });
        using var processor = new TrainingLanes(new TorchTrainerFactory(), new TrainingLaneOptions { Lanes = 1 });
        using var lanes = new AcceleratorLanes(new AcceleratorTrainers([.. Enumerable.Repeat(new TorchTrainerFactory(), there)], () => areUsable), processor);

        var (chosen, areAccelerated) = lanes.Of(program);

        Assert.Equal((expected, expected ? 2 : 1), (areAccelerated, chosen.Count));
        Assert.Equal(!expected, ReferenceEquals(processor, chosen));
    }

    [Fact]
    public void Program_AcceleratorThatDoesNotExist_SaysWhichThereAre()
    {
        var spec = TinyStudy.Task("any", 1);

        var refused = Assert.Throws<ArgumentException>(() => new TaskProgram(spec with { Plan = spec.Plan with { Accelerator = "tpu" } }));

        Assert.Equal("There is no accelerator 'tpu'. Use processor or cuda.", refused.Message);
    }
}
