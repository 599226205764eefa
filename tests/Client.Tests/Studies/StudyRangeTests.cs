using Sheaf.Client.Studies;
using static Sheaf.Client.Tests.Studies.StudyValidatorTests;

namespace Sheaf.Client.Tests.Studies;

/// <summary>The ranges of numbers: their ends are in, what is beyond them is a mistake of that field.</summary>
public sealed class StudyRangeTests
{
    /// <summary>Every field that is a number.</summary>
    public static TheoryData<string> NumberPaths { get; } = [.. NumbersBelow(typeof(Study), "")];

    [Theory]
    [MemberData(nameof(NumberPaths))]
    public void Read_NumberBelowItsRange_IsAMistakeOfThatField(string path) =>
        Assert.Equal(path, Assert.Single(Mistakes(path, "-5")).Path);

    [Theory]
    [InlineData("population.heldOut", "0", "0.999", "-0.001", "1")]
    [InlineData("population.shards", "1", "1024", "0", "2048")]
    [InlineData("population.retention.examplesMax", "1", "2147483647", "0", "2147483648")]
    [InlineData("population.retention.reserve", "0", "0", "-1", "1000001")]
    [InlineData("population.retention.ageMaxDays", "0.001", "36500", "0.0009", "36501")]
    [InlineData("population.behaviour.availability", "0.001", "1", "0", "1.1")]
    [InlineData("population.behaviour.dropOut", "0", "0.999", "-0.1", "1")]
    [InlineData("population.behaviour.profiles.examplesPerSecond", "0.001", "1000000", "0", "1000001")]
    [InlineData("population.behaviour.profiles.computeSpread", "0", "5", "-0.1", "5.1")]
    [InlineData("population.behaviour.profiles.downloadMbits", "0.001", "1000000", "0", "1000001")]
    [InlineData("population.behaviour.profiles.uploadMbits", "0.001", "1000000", "0", "1000001")]
    [InlineData("population.behaviour.profiles.networkSpread", "0", "5", "-0.1", "5.1")]
    [InlineData("population.behaviour.profiles.swing", "1", "1", "0.9", "1001")]
    [InlineData("population.behaviour.profiles.peakHour", "0", "23.9", "-0.1", "24")]
    [InlineData("population.behaviour.profiles.zoneHours", "0", "24", "-0.1", "24.1")]
    [InlineData("population.behaviour.profiles.sessionMinutes", "0.1", "10080", "0", "10081")]
    [InlineData("population.behaviour.profiles.traceHours", "0.1", "87600", "0", "87601")]
    [InlineData("population.generated.devices", "50", "10000000", "0", "10000001")]
    [InlineData("population.generated.zipfExponent", "0", "4", "-0.1", "4.1")]
    [InlineData("population.generated.examplesMean", "0.001", "2000", "0", "1000001")]
    [InlineData("population.generated.examplesMax", "13", "1000000", "0", "1000001")]
    [InlineData("population.generated.labelConcentration", "0.001", "1000000", "0.0009", "1000001")]
    [InlineData("population.periods", "1", "10000", "0", "10001")]
    [InlineData("population.generated.drift", "0", "1", "-0.1", "1.1")]
    [InlineData("population.file.partition.devices", "1", "100000", "0", "100001")]
    [InlineData("population.file.partition.alpha", "0.001", "1000000", "0.0009", "1000001")]
    [InlineData("population.file.partition.beta", "0.001", "1000000", "0.0009", "1000001")]
    [InlineData("population.file.partition.exponent", "0", "4", "-0.1", "4.1")]
    [InlineData("task.vocabulary", "2", "50000", "1", "50001")]
    [InlineData("task.context", "1", "8", "0", "9")]
    [InlineData("model.buckets", "1", "4000000", "0", "10000001")]
    [InlineData("model.embeddingSize", "1", "4096", "0", "4097")]
    [InlineData("model.hiddenSize", "1", "65536", "0", "65537")]
    [InlineData("training.rounds", "1", "1000000", "0", "1000001")]
    [InlineData("training.cohort", "1", "1000", "0", "10000001")]
    [InlineData("training.overSelection", "1", "10", "0.999", "10.1")]
    [InlineData("training.minimumReports", "1", "50", "0", "51")]
    [InlineData("training.checkpointsKept", "0", "1000", "-1", "1001")]
    [InlineData("training.deadlineSeconds", "0.001", "604800", "0.0009", "604801")]
    [InlineData("training.selection.exponent", "0", "2", "-0.1", "2.1")]
    [InlineData("training.selection.floor", "0", "0.999", "-0.1", "1")]
    [InlineData("training.selection.inclusionMax", "0.05", "1", "0", "1.1")]
    [InlineData("training.selection.share", "0.001", "1", "0", "1.1")]
    [InlineData("training.selection.minimumGap", "0", "19", "-1", "1001")]
    [InlineData("training.selection.temperature", "0", "40", "-0.1", "40.1")]
    [InlineData("training.selection.candidates", "1", "100000000", "0", "100000001")]
    [InlineData("training.selection.oort.exploration", "0", "1", "-0.1", "1.1")]
    [InlineData("training.selection.oort.explorationDecay", "0.001", "1", "0", "1.1")]
    [InlineData("training.selection.oort.explorationMin", "0", "1", "-0.1", "1.1")]
    [InlineData("training.selection.oort.clipQuantile", "0.001", "1", "0", "1.1")]
    [InlineData("training.selection.oort.uncertainty", "0", "1000000", "-0.1", "1000001")]
    [InlineData("training.local.epochs", "1", "10000", "0", "10001")]
    [InlineData("training.local.steps", "1", "1000000", "0", "1000001")]
    [InlineData("training.local.batchSize", "1", "1000000", "0", "1000001")]
    [InlineData("training.local.learningRate", "0.0001", "1000", "0", "1001")]
    [InlineData("training.local.examplesMax", "1", "1000000", "0", "1000001")]
    [InlineData("training.local.momentum", "0", "0.999", "-0.1", "1")]
    [InlineData("training.local.beta1", "0", "0.999", "-0.1", "1")]
    [InlineData("training.local.beta2", "0", "0.999", "-0.1", "1")]
    [InlineData("training.local.epsilon", "1e-12", "1", "9e-13", "1.1")]
    [InlineData("training.local.weightDecay", "0", "0", "-0.1", "1001")]
    [InlineData("training.local.proximal", "0", "1000000", "-0.1", "1000001")]
    [InlineData("training.bounds.clipNorm", "0.001", "1000", "0", "1000001")]
    [InlineData("training.bounds.rejectNorm", "10", "1000000000", "0", "1000000001")]
    [InlineData("training.server.learningRate", "0.001", "1000", "0", "1001")]
    [InlineData("training.server.beta1", "0", "0.999", "-0.1", "1")]
    [InlineData("training.server.beta2", "0", "0.999", "-0.1", "1")]
    [InlineData("training.server.epsilon", "0.0000001", "1", "0", "1.1")]
    [InlineData("training.server.momentum", "0", "0.999", "-0.1", "1")]
    [InlineData("training.server.schedule.warmupRounds", "0", "29", "-1", "1000000")]
    [InlineData("training.server.schedule.stepRounds", "1", "1000000", "0", "1000001")]
    [InlineData("training.server.schedule.stepFactor", "0.001", "1", "0", "1.1")]
    [InlineData("evaluation.every", "0", "1000000", "-1", "1000001")]
    [InlineData("evaluation.devicesMax", "1", "10000000", "0", "10000001")]
    [InlineData("evaluation.target", "0.001", "1", "0", "1.1")]
    public void Read_EndsOfARange_AreInAndTheirNeighboursOut(string path, string low, string high, string below, string above)
    {
        Assert.Empty(Mistakes(path, low));
        Assert.Empty(Mistakes(path, high));
        Assert.Contains(Mistakes(path, below), mistake => mistake.Path == path);
        Assert.Contains(Mistakes(path, above), mistake => mistake.Path == path);
    }

    [Theory]
    [InlineData("trimmed-mean", "slices", "trim", "0", "0.499", "-0.1", "0.5")]
    [InlineData("norm-bounded-mean", "slices", "bound", "0.001", "1000000", "0", "1000001")]
    [InlineData("multi-krum", "slices", "byzantine", "0", "6", "-1", "7")]
    [InlineData("multi-krum", "updates", "byzantine", "0", "23", "-1", "24")]
    [InlineData("multi-krum", "slices", "selected", "1", "13", "0", "14")]
    [InlineData("multi-krum", "updates", "selected", "1", "47", "0", "48")]
    [InlineData("median", "updates", "bytesMax", "1e9", "1e12", "0.9", "1.1e12")]
    public void Read_EndsOfARangeThatOneRuleUses_AreInAndTheirNeighboursOut(
        string rule, string over, string field, string low, string high, string below, string above)
    {
        IReadOnlyList<StudyMistake> MistakesWith(string value) =>
            Mistakes("training.aggregation", $$"""{"rule":"{{rule}}","over":"{{over}}","{{field}}":{{value}}}""");

        Assert.Empty(MistakesWith(low));
        Assert.Empty(MistakesWith(high));
        Assert.Equal(field, Assert.Single(MistakesWith(below)).Path.Split('.')[^1]);
        Assert.Equal(field, Assert.Single(MistakesWith(above)).Path.Split('.')[^1]);
    }

    [Fact]
    public void Read_UpdatesAtTheBudget_AreInAndOneByteLessIsOut()
    {
        // 50 devices, 336,447 parameters: 5000 · 64 + 65 · 128 + 129 · 63.
        const long Bytes = 50 * ((5000 * 64) + (65 * 128) + (129 * 63)) * 8L;
        IReadOnlyList<StudyMistake> MistakesWith(long bytesMax) =>
            Mistakes("training.aggregation", $$"""{"rule":"median","over":"updates","bytesMax":{{bytesMax}}}""");

        Assert.Empty(MistakesWith(Bytes));
        Assert.Equal("training.aggregation.over", Assert.Single(MistakesWith(Bytes - 1)).Path);
    }
}
