using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Reports;

public sealed class ArmTests
{
    [Fact]
    public void Of_RunsThatDifferInTheirSeeds_AreOneArmBySeed()
    {
        var arm = Assert.Single(Arm.Of([Runs.Of(9, 1, 0.5), Runs.Of(2, 1, 0.5)]));

        Assert.Equal(("study", 2UL, 9UL), (arm.Name, arm.Runs[0].Study.Seed, arm.Runs[1].Study.Seed));
    }

    [Fact]
    public void Of_RunsThatDifferInAnythingElse_AreArmsOfTheirOwnWithNamesOfTheirOwn()
    {
        var longer = new Study { Seed = 1, Training = new TrainingSection { Rounds = 99 } };
        var arms = Arm.Of([Runs.Of(1, 1, 0.5), Runs.Of(longer, 1, 0.5) with { Folder = "/runs/longer" }, Runs.Of(new Study { Name = "other" }, 1, 0.5)]);

        Assert.Equal(["study (study-1)", "study (longer)", "other"], arms.Select(arm => arm.Name));
    }

    [Theory]
    [InlineData(0.3, "2")]
    [InlineData(0.5, "3 (1 of 2)")]
    [InlineData(0.9, "never")]
    public void RoundsToTarget_Target_IsCountedOverTheRunsThatReachIt(double target, string shown)
    {
        var arm = Assert.Single(Arm.Of([Runs.Of(1, 1, 0.2, 0.3, 0.6), Runs.Of(2, 1, 0.1, 0.4, 0.4)]));

        // With a deviation of 0 over two runs.
        Assert.Equal(shown, RoundsToTarget.Of(arm, target).ToString().Replace(" ± 0", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_FolderNamedWithoutAnother_HasAName() =>
        Assert.Equal(["small"], Arm.Of([Runs.Of(new Study { Name = "small" }, 1, 0.5) with { Folder = "out" }]).Select(arm => arm.Name));
}
