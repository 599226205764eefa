using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Aggregation.Rules;

namespace Sheaf.Learning.Tests.Aggregation;

public sealed class RuleRunTests
{
    private static readonly IChunkMath Processor = new ProcessorChunkMath();

    [Fact]
    public void RuleRun_TooFewInputs_SaysHowManyItNeeds()
    {
        var error = Assert.Throws<ArgumentException>(() => new RuleRun(new MultiKrumRule(2), [1, 1, 1, 1, 1, 1], 10, Processor));

        Assert.StartsWith("The rule 'multi-krum' needs at least 7 inputs and there are 6.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, 3)]
    [InlineData(2, null, 7)]
    [InlineData(2, 3, 7)]
    [InlineData(2, 9, 13)]
    public void InputsMin_MultiKrum_LeavesAMajorityOfHonestNeighbours(int byzantine, int? selected, int expected) =>
        Assert.Equal(expected, new MultiKrumRule(byzantine, selected).InputsMin);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void RuleRun_InputWithoutWeight_Throws(double weight) =>
        Assert.Contains(
            "leave out what has none",
            Assert.Throws<ArgumentException>(() => new RuleRun(new MedianRule(), [1, weight], 10, Processor)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Fold_ValueThatIsNotFinite_NamesTheInputAndTheParameter(float value)
    {
        var run = new RuleRun(new MedianRule(), [1, 1], 3, Processor);

        var error = Assert.Throws<ArgumentException>(() => run.Fold([1, 2, 3, 4, 5, value]));

        Assert.StartsWith($"Parameter 2 of input 1 is {value}: an update that is not finite must not be folded.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fold_BeforeTheSurveyIsComplete_Throws()
    {
        var run = new RuleRun(new NormBoundedMeanRule(1), [1], 1025, Processor);
        run.Survey(new float[1024]);

        Assert.Equal("The survey has seen 1024 of 1025 parameters: it comes first.", Assert.Throws<InvalidOperationException>(() => run.Fold(new float[1024])).Message);
    }

    [Fact]
    public void Fold_ChunkThatEndsInsideABlock_Throws()
    {
        var run = new RuleRun(new MedianRule(), [1], 3000, Processor);
        run.Fold(new float[1024]);

        Assert.StartsWith("A chunk of 1000 parameters does not fit at 1024 of 3000", Assert.Throws<ArgumentException>(() => run.Fold(new float[1000])).Message, StringComparison.Ordinal);
        Assert.StartsWith("A chunk of 2048 parameters does not fit at 1024 of 3000", Assert.Throws<ArgumentException>(() => run.Fold(new float[2048])).Message, StringComparison.Ordinal);
        Assert.Equal("1024 of 3000 parameters have been folded: the others come first.", Assert.Throws<InvalidOperationException>(run.Result).Message);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    public void TrimmedMeanRule_ShareOutsideItsRange_Throws(double trim) => Assert.Throws<ArgumentOutOfRangeException>(() => new TrimmedMeanRule(trim));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void NormBoundedMeanRule_BoundNotAboveZero_Throws(double norm) => Assert.Throws<ArgumentOutOfRangeException>(() => new NormBoundedMeanRule(norm));

    [Theory]
    [InlineData(-1, null)]
    [InlineData(1, 0)]
    [InlineData(int.MaxValue, null)]
    [InlineData(1, int.MaxValue)]
    public void MultiKrumRule_NumberOutsideItsRange_Throws(int byzantine, int? selected) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiKrumRule(byzantine, selected));

    [Fact]
    public void TrimmedMean_ShareWhoseBinaryNumberIsSmaller_CountsAsItIsWritten() =>
        // 0.29 · 100 is 28.999999999999996 in binary.
        Assert.Equal(new ChunkStep.Trim(29), new TrimmedMeanRule(0.29).StepOf([.. Enumerable.Repeat(1.0, 100)], []));

    [Fact]
    public void InputChunk_NoWholeNumberOfColumns_Throws() =>
        Assert.Throws<ArgumentException>(() => new InputChunk([1, 2, 3], 2).Columns);
}
