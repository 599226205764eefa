using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

/// <summary>What strategies that go by what devices reported cannot be combined with.</summary>
public sealed class ReportStrategyTests
{
    [Theory]
    [InlineData(
        """{"training":{"weighting":"inverse-probability","selection":{"strategy":"oort","floor":0.1}}}""",
        "training.weighting: \"oort\" goes by what devices reported, and how likely that makes any of them is not known. Use the weighting \"equal\" or \"examples\", or another training.selection.strategy.")]
    [InlineData(
        """{"training":{"weighting":"inverse-probability","selection":{"strategy":"power-of-choice","floor":0.1}}}""",
        "training.weighting: \"power-of-choice\" goes by what devices reported, and how likely that makes any of them is not known. Use the weighting \"equal\" or \"examples\", or another training.selection.strategy.")]
    [InlineData(
        """{"training":{"cohort":60,"selection":{"strategy":"power-of-choice","candidates":59}}}""",
        "training.selection.candidates: 59 are fewer than the 60 devices that are selected of them. Use at least 60, such as 120, or a smaller training.cohort.")]
    [InlineData(
        """{"training":{"selection":{"strategy":"power-of-choice","candidates":1001}}}""",
        "training.selection.candidates: 1001 is more than the 1000 devices of the population. Use at most 1000.")]
    [InlineData(
        """{"training":{"selection":{"strategy":"power-of-choice","inclusionMax":0.09}}}""",
        "training.selection.inclusionMax: 0.09 is too low to draw 100 candidates of 1000 devices. Use more than 0.1, or fewer training.selection.candidates.")]
    [InlineData(
        """{"training":{"selection":{"strategy":"oort","inclusionMax":0.04}}}""",
        "training.selection.inclusionMax: 0.04 is too low to select 50 of 1000 devices. Use more than 0.05, or a smaller training.cohort.")]
    public void Read_WhatDoesNotGoTogether_IsOneMistakeWithItsRemedy(string json, string expected) =>
        Assert.Equal(expected, Assert.Single(Assert.Throws<StudyException>(() => StudyReader.Read(json, "s")).Mistakes).ToString());

    [Theory]
    [InlineData("""{"training":{"selection":{"strategy":"oort","decay":0.5,"minimumGap":3,"floor":0.2,"inclusionMax":0.05}}}""")]
    [InlineData("""{"training":{"weighting":"examples","selection":{"strategy":"power-of-choice","counts":"bucketed","candidates":1000,"minimumGap":3}}}""")]
    [InlineData("""{"training":{"selection":{"candidates":1,"inclusionMax":0.05}}}""")]
    public void Read_WhatGoesTogether_IsRight(string json) => Assert.Empty(StudyValidator.ValidateToRun(StudyReader.Read(json, "s").Resolve()));
}
