using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyOverrideTests
{
    [Theory]
    [InlineData("training.rounds=10", "training.rounds", "10")]
    [InlineData(" name = a=b ", "name", "a=b")]
    [InlineData("description=", "description", "")]
    public void TryParse_FieldAndValue_AreCutAtTheFirstEqualsSign(string typed, string path, string value)
    {
        Assert.True(StudyOverride.TryParse(typed, out var parsed));

        Assert.Equal(new StudyOverride(path, value), parsed);
    }

    [Theory]
    [InlineData("training.rounds")]
    [InlineData("=10")]
    [InlineData("")]
    public void TryParse_NoFieldOrNoEqualsSign_IsRefused(string typed) => Assert.False(StudyOverride.TryParse(typed, out _));

    [Fact]
    public void Read_Overrides_ReplaceWhatTheFileSays()
    {
        var study = Read("""{"seed":3,"training":{"rounds":7,"cohort":9}}""", "training.rounds=10", "training.server.optimizer=fedadam", "name=mine", "model.bigrams=true");

        Assert.Equal((3UL, 10, 9, "mine", true), (study.Seed, study.Training.Rounds, study.Training.Cohort, study.Name, study.Model.Bigrams));
        Assert.Equal(ServerOptimizer.FedAdam, study.Training.Server.Optimizer);
    }

    [Fact]
    public void Read_OverrideInASectionThatIsNotThere_MakesTheSection()
    {
        var study = Read("{}", "population.generated.devices=70");

        Assert.Equal(70, study.Population.Generated!.Devices);
    }

    [Fact]
    public void Read_OverrideOfASection_ReplacesAllOfIt()
    {
        var study = Read("""{"training":{"local":{"epochs":5,"batchSize":3}}}""", """training.local={"epochs":2}""");

        Assert.Equal((2, 10), (study.Training.Local.Epochs, study.Training.Local.BatchSize));
    }

    [Fact]
    public void Read_LaterOverride_Wins() => Assert.Equal(3, Read("{}", "training.rounds=2", "training.rounds=3").Training.Rounds);

    [Fact]
    public void Read_WrongOverrides_AreAllNamedLikeMistakesInTheFile()
    {
        var mistakes = Assert.Throws<StudyException>(() => Read(
            """{"seed":-1}""", "training.cohrt=5", "trainin.rounds=1", "training.rounds.most=1", "training.rounds=many", "training.cohort=0", "training..x=1")).Message;

        Assert.Equal(
            """
            The study 's' has 7 mistakes:
              seed: -1 is not a whole number from 0 to 18446744073709551615. Write a number without quotes, for example 1.
              training.cohrt: there is no such field. Did you mean 'training.cohort'?
              trainin: there is no such field. Did you mean 'training'?
              training.rounds.most: 'training.rounds' is a value, with no fields in it. Set 'training.rounds' itself.
              training.rounds: "many" is not a whole number of 32 bits. Write a number without quotes, for example 30.
              training.: there is no such field. The fields here are 'rounds', 'cohort', 'overSelection', 'minimumReports', 'selection', 'local', 'bounds', 'weighting', 'aggregation', 'server', 'deadlineSeconds', 'closing', 'checkpointsKept', 'accelerator'.
              training.cohort: 0 is below 1. Use at least 1 device per round.
            """,
            mistakes,
            ignoreLineEndingDifferences: true);
    }

    private static Study Read(string json, params string[] overrides) => StudyReader.Read(json, "s", [.. overrides.Select(typed =>
    {
        Assert.True(StudyOverride.TryParse(typed, out var parsed));
        return parsed;
    })]);
}
