using Sheaf.Learning.Models;

namespace Sheaf.Learning.Tests.Models;

public sealed class ModelArchitectureTests
{
    public static TheoryData<ModelArchitecture> Architectures =>
        [new SoftmaxRegression(1, 2), new SoftmaxRegression(100, 7), new EmbeddingBagClassifier(1, 1, 1, 2), new EmbeddingBagClassifier(50, 8, 4, 3),
            new LogBilinearModel(1, 1, 2), new LogBilinearModel(3, 8, 11)];

    [Fact]
    public void SoftmaxRegression_Blocks_AreAsDocumented()
    {
        var model = new SoftmaxRegression(buckets: 10, classes: 3);

        Assert.Equal<ParameterBlock>(
            [
                new ParameterBlock("output.weight", 0, 10, 3, IsSparse: true, InitialRange: 0),
                new ParameterBlock("output.bias", 30, 1, 3, IsSparse: false, InitialRange: 0) { IsVector = true },
            ],
            model.Blocks);
        Assert.Equal((33, 10, 3), (model.ParameterCount, model.Buckets, model.Classes));
    }

    [Fact]
    public void EmbeddingBagClassifier_Blocks_AreAsDocumented()
    {
        var model = new EmbeddingBagClassifier(buckets: 10, embeddingSize: 4, hiddenSize: 16, classes: 3);

        Assert.Equal<ParameterBlock>(
            [
                new ParameterBlock("embedding.weight", 0, 10, 4, IsSparse: true, InitialRange: 0.5),
                new ParameterBlock("hidden.weight", 40, 4, 16, IsSparse: false, InitialRange: 0.5),
                new ParameterBlock("hidden.bias", 104, 1, 16, IsSparse: false, InitialRange: 0.5) { IsVector = true },
                new ParameterBlock("output.weight", 120, 16, 3, IsSparse: false, InitialRange: 0.25),
                new ParameterBlock("output.bias", 168, 1, 3, IsSparse: false, InitialRange: 0.25) { IsVector = true },
            ],
            model.Blocks);
        Assert.Equal((171, 10, 3), (model.ParameterCount, model.Buckets, model.Classes));
        Assert.Equal((4, 16), (model.EmbeddingSize, model.HiddenSize));
    }

    [Fact]
    public void LogBilinearModel_Blocks_AreAsDocumented()
    {
        var model = new LogBilinearModel(context: 2, embeddingSize: 4, classes: 5);

        // Two places of five words and the beginning of the text.
        Assert.Equal<ParameterBlock>(
            [
                new ParameterBlock("context.weight", 0, 12, 4, IsSparse: true, InitialRange: 0.5),
                new ParameterBlock("output.weight", 48, 4, 5, IsSparse: false, InitialRange: 0.5),
                new ParameterBlock("output.bias", 68, 1, 5, IsSparse: false, InitialRange: 0) { IsVector = true },
            ],
            model.Blocks);
        Assert.Equal((73, 12, 5), (model.ParameterCount, model.Buckets, model.Classes));
        Assert.Equal((2, 4), (model.Context, model.EmbeddingSize));
    }

    [Theory]
    [InlineData(0, 1, 2, "context")]
    [InlineData(1, 0, 2, "embeddingSize")]
    [InlineData(1, 1, 1, "classes")]
    public void LogBilinearModel_SizeTooSmall_NamesIt(int context, int embeddingSize, int classes, string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new LogBilinearModel(context, embeddingSize, classes));

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Blocks_OneAfterAnother_FillTheVectorUnderNamesOfTheirOwn(ModelArchitecture model)
    {
        var end = 0;
        foreach (var block in model.Blocks)
        {
            Assert.Equal(end, block.Offset);
            end += block.Rows * block.Columns;
        }

        Assert.Equal(end, model.ParameterCount);
        Assert.Equal(end, model.Initialize(1).Length);
        Assert.Equal(model.Blocks.Length, model.Blocks.Select(block => block.Name).Distinct().Count());
    }

    [Fact]
    public void Initialize_Softmax_IsZero() => Assert.All(new SoftmaxRegression(100, 7).Initialize(5), value => Assert.Equal(0, value));

    [Fact]
    public void Initialize_EmbeddingBag_IsUniformInEachBlocksRange()
    {
        var model = new EmbeddingBagClassifier(2000, 16, 400, 50);

        var parameters = model.Initialize(3);

        foreach (var block in model.Blocks)
        {
            var values = parameters[block.Offset..(block.Offset + block.Count)].Select(value => value / block.InitialRange).ToArray();
            Assert.All(values, value => Assert.InRange(value, -1 - 1e-7, 1 + 1e-7));
            // Uniform in [−1, 1): mean 0 and variance 1/3; the square has mean 1/3 and variance 1/5 − 1/9 = 4/45.
            Assert.InRange(values.Average(), -4 * Math.Sqrt(1.0 / 3 / values.Length), 4 * Math.Sqrt(1.0 / 3 / values.Length));
            var error = 4 * Math.Sqrt(4.0 / 45 / values.Length);
            Assert.InRange(values.Average(value => value * value), (1.0 / 3) - error, (1.0 / 3) + error);
        }
    }

    [Fact]
    public void Initialize_SameSeed_GivesTheSameAndAnotherSeedAnother()
    {
        var model = new EmbeddingBagClassifier(50, 8, 4, 3);

        Assert.Equal(model.Initialize(1), new EmbeddingBagClassifier(50, 8, 4, 3).Initialize(1));
        Assert.DoesNotContain(model.Initialize(1).Zip(model.Initialize(2)), pair => pair.First == pair.Second);
    }

    [Fact]
    public void Initialize_ABlock_DoesNotDependOnTheSizeOfOthers()
    {
        var (small, large) = (new EmbeddingBagClassifier(50, 8, 4, 3), new EmbeddingBagClassifier(60, 8, 4, 9));

        Assert.Equal(ValuesOf(small, "hidden.weight"), ValuesOf(large, "hidden.weight"));
        Assert.Equal(ValuesOf(small, "hidden.bias"), ValuesOf(large, "hidden.bias"));
        Assert.Equal(ValuesOf(small, "embedding.weight"), ValuesOf(large, "embedding.weight")[..400]);
        // Blocks of the same range do not repeat one another.
        Assert.NotEqual(ValuesOf(small, "hidden.weight")[..4], ValuesOf(small, "hidden.bias"));
    }

    [Theory]
    [InlineData(0, 1, 1, 2, "buckets")]
    [InlineData(1, 0, 1, 2, "embeddingSize")]
    [InlineData(1, 1, 0, 2, "hiddenSize")]
    [InlineData(1, 1, 1, 1, "classes")]
    public void EmbeddingBagClassifier_SizeTooSmall_NamesIt(int buckets, int embeddingSize, int hiddenSize, int classes, string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new EmbeddingBagClassifier(buckets, embeddingSize, hiddenSize, classes));

    [Theory]
    [InlineData(0, 2, "buckets")]
    [InlineData(1, 1, "classes")]
    public void SoftmaxRegression_SizeTooSmall_NamesIt(int buckets, int classes, string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(name, () => new SoftmaxRegression(buckets, classes));

    [Theory]
    [InlineData(1 << 20, 1 << 12)]
    [InlineData(1 << 20, 2047)]
    public void EmbeddingBagClassifier_MoreValuesThanAVectorHolds_IsRefused(int buckets, int embeddingSize) =>
        Assert.Throws<OverflowException>(() => new EmbeddingBagClassifier(buckets, embeddingSize, 512, 2));

    private static float[] ValuesOf(ModelArchitecture model, string name)
    {
        var block = model.Blocks.Single(block => block.Name == name);
        return model.Initialize(1)[block.Offset..(block.Offset + block.Count)];
    }
}
