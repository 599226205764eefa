using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Grains.Training;
using Sheaf.Learning.Models;
using Sheaf.Learning.Text;

namespace Sheaf.Grains.Tests.Training;

public sealed class TaskTypeTests
{
    private static readonly TaskSpec Classification = TinyStudy.Task("p", seed: 1);

    private static readonly TaskSpec NextWords = Classification with
    {
        Classes = ["<unk>", "a", "b"],
        Model = Classification.Model with { Type = "log-bilinear" },
        Language = new NextWordSpec(Context: 3),
    };

    [Fact]
    public void Constructor_EitherTask_HasItsModelAndPacksExamplesForIt()
    {
        var (classification, nextWords) = (new TaskProgram(Classification), new TaskProgram(NextWords));

        Assert.IsType<ClassificationPacker>(classification.Packer);
        Assert.Equal<ParameterBlock>(new LogBilinearModel(context: 3, TinyStudy.EmbeddingSize, classes: 3).Blocks, nextWords.Architecture.Blocks);
        // Labels are those of no class: only texts count.
        var packed = nextWords.Packer.Pack([("a b", "any"), ("c", "")]);
        Assert.Equal([1, 2, 0], packed.Labels);
        Assert.All(packed.Tokens, token => Assert.InRange(token, 0, nextWords.Architecture.Buckets - 1));
    }

    [Fact]
    public void Constructor_ModelOfTheOtherTask_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new TaskProgram(NextWords with { Language = null }));
        Assert.Throws<ArgumentException>(() => new TaskProgram(Classification with { Classes = NextWords.Classes, Language = NextWords.Language }));
    }

    [Fact]
    public void Constructor_ClassesWithoutTheUnknownWord_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new TaskProgram(NextWords with { Classes = ["a", "b", "c"] }));
}
