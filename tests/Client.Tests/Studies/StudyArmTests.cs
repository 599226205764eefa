using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyArmTests
{
    [Theory]
    [InlineData("""{ "training.cohort": 20, "training.selection.strategy": "uniform" }""")]
    [InlineData("""{ "training": { "cohort": 20, "selection": { "strategy": "uniform" } } }""")]
    [InlineData("""{ "training.selection": { "strategy": "uniform" }, "training": { "cohort": 20 } }""")]
    public void Apply_PathsOrSections_ReplaceTheseFieldsAndNoOther(string changes)
    {
        var study = Read($$"""{ "training": { "rounds": 7, "cohort": 9, "selection": { "floor": 0.25 } }, "seeds": [4, 5], "arms": { "a": {{changes}} } }""");

        var arm = StudyReader.Apply(study, Assert.Single(study.Arms));

        Assert.Equal((7, 20, SelectionStrategy.Uniform, 0.25), (arm.Training.Rounds, arm.Training.Cohort, arm.Training.Selection.Strategy, arm.Training.Selection.Floor));
        Assert.Equal(("a", 0, 0), (arm.Arm, arm.Seeds.Count, arm.Arms.Count));
        Assert.Equal((9, SelectionStrategy.Power), (study.Training.Cohort, study.Training.Selection.Strategy));
    }

    [Fact]
    public void Apply_SectionWithoutFields_ChangesNothing()
    {
        var study = Read("""{ "training": { "rounds": 7 }, "arms": { "a": { "training": {} } } }""");

        Assert.Equal(7, StudyReader.Apply(study, study.Arms[0]).Training.Rounds);
    }

    [Fact]
    public void Read_Set_IsBeforeTheArms()
    {
        var study = StudyReader.Read("""{ "arms": { "a": { "training.rounds": 3 }, "b": {} } }""", "s", [new StudyOverride("training.rounds", "9")]);

        Assert.Equal([3, 9], study.Arms.Select(arm => StudyReader.Apply(study, arm).Training.Rounds));
    }

    [Fact]
    public void Read_WrongArms_NamesAllMistakesOfAllArmsOnce() => Assert.Equal(
        """
        The study 'bad.json' has 14 mistakes:
          seeds: "x" is not a whole number from 0 to 18446744073709551615. Write seeds without quotes, as [1, 2, 3].
          arms.twice.training.rounds: it is there twice. Keep one of the two.
          arms.number: 5 is not a section. Write its fields in braces, as {…}.
          seeds: 3 is there more than once. Use every seed once: the same seed gives the same run.
          arms.a/b: 'a/b' cannot name a folder everywhere. Use 1 to 64 letters (a to z), digits, '-', '_' and '.', the first a letter or a digit.
          arms.Figures: its folder would be that of the report's plots. Give it another name.
          arms.TWICE: its folder would be that of the arm 'twice'. Give it another name.
          training.cohort: 0 is below 1. Use at least 1 device per round.
          arms.a/b.training.cohrt: there is no such field. Did you mean 'training.cohort'?
          arms.Figures.trainin: there is no such field. Did you mean 'training'?
          arms.TWICE.training.local.steps: {…} is not a whole number of 32 bits. Write a number without quotes, or null.
          arms.TWICE.training.rounds: 0 is below 1. Train for 1 to 1000000 rounds.
          arms.seeded.seed: it is the same in all arms. Set it for the whole study, outside the arms.
          arms.seeded.training.selection.strategy: "unifrm" is not one of "uniform", "power", "log", "top-q", "softmax", "round-robin", "own", "power-of-choice", "oort". Did you mean "uniform"?
        """,
        Assert.Throws<StudyException>(() => StudyReader.Read(
            """
            {
              "seeds": [3, "x", 3],
              "training": { "cohort": 0 },
              "arms": {
                "a/b": { "training.cohrt": 5 },
                "Figures": { "trainin": { "rounds": 5 } },
                "twice": { "training": { "rounds": 5 }, "training.rounds": 6 },
                "TWICE": { "training.rounds": 0, "training.local.steps": {} },
                "number": 5,
                "seeded": { "seed": 5, "training.selection.strategy": "unifrm" },
              },
            }
            """, "bad.json")).Message,
        ignoreLineEndingDifferences: true);

    [Fact]
    public void Read_ArmOfFieldsThatDoNotGoTogether_NamesTheArm() => Assert.Equal(
        "arms.a.training.cohort: 51 is more than the 50 devices of the population. Use a smaller cohort, or more population.generated.devices.",
        Assert.Single(Assert.Throws<StudyException>(() => Read(
            """{ "population": { "generated": { "devices": 50 } }, "arms": { "a": { "training.cohort": 51 }, "b": {} } }""")).Mistakes).ToString());

    [Fact]
    public void Find_FileOfAnArm_BeginsAtTheStudysFolder()
    {
        using var folder = new TempFolder();
        var study = StudyCatalog.Find(folder.Write("s.json", """{ "population": { "source": "file" }, "arms": { "a": { "population.file.path": "rows.tsv" } } }"""));

        Assert.Equal(folder.In("rows.tsv"), StudyReader.Apply(study, study.Arms[0]).Population.File!.Path);
    }

    [Fact]
    public void Of_StudyWithoutArmsAndOneSeed_IsOneRunInTheStudysFolder()
    {
        var plan = StudyPlan.Of(Read("""{ "seeds": [5] }"""));

        Assert.True(plan.IsSingle);
        Assert.Equal(("", "", 5UL), (plan.Runs[0].Arm, plan.Runs[0].Folder, Assert.Single(plan.Runs).Study.Seed));
    }

    [Fact]
    public void Of_ArmsAndSeeds_AreRunSeedBySeed() => Assert.Equal(
        [("a", 2UL, Path.Combine("a", "seed-2")), ("b", 2UL, Path.Combine("b", "seed-2")), ("a", 1UL, Path.Combine("a", "seed-1")), ("b", 1UL, Path.Combine("b", "seed-1"))],
        StudyPlan.Of(Read("""{ "seeds": [2, 1], "arms": { "a": {}, "b": {} } }""")).Runs.Select(run => (run.Arm, run.Study.Seed, run.Folder)));

    [Fact]
    public void Of_SeedsAlone_AreFoldersOfTheStudy() =>
        Assert.Equal(["seed-1", "seed-2"], StudyPlan.Of(Read("""{ "seeds": [1, 2] }""")).Runs.Select(run => run.Folder));

    [Fact]
    public void Validate_WrongInAllArms_IsNamedOnce()
    {
        var plan = StudyPlan.Of(Read("""{ "population": { "source": "file" }, "arms": { "a": {}, "b": {} } }"""));

        Assert.Equal("population.file.path", Assert.Single(plan.Validate(_ => null)).Path);
    }

    private static Study Read(string json) => StudyReader.Read(json, "s");
}
