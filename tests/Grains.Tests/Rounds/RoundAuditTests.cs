using System.Collections.Immutable;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Rounds;

namespace Sheaf.Grains.Tests.Rounds;

public sealed class RoundAuditTests
{
    // Three devices, of which the first and the last gave updates.
    private static readonly RoundRecord Record = new(
        1, null, 3, new DeviceOutcomes(2, 1, 0, 0, 0, 0, 0), 5, 0.5, null, 40, "aa", true, 1, ImmutableSortedDictionary<RoundPhase, double>.Empty);

    private static readonly CohortLedger Ledger = new(["a", "b", "c"], [0b101], [1, 0, 2], null, default!) { Weights = [3, 0, 4], AggregatedWeight = 7 };

    [Fact]
    public void End_AllInOrder_CountsAndFindsNothing()
    {
        var audit = Audit((Record, Ledger), (Record with { Round = 2, Checkpoint = "bb" }, Ledger), (Gone(3, "bb"), Ledger with { Trained = [0], Weights = [0, 0, 0], AggregatedWeight = 0 }));

        Assert.Empty(audit.Findings);
        Assert.Equal((3, 1, 4, 14), (audit.Rounds, audit.Abandoned, audit.Updates, audit.WeightUnits));
    }

    [Fact]
    public void End_NoRoundYet_FindsNothing() => Assert.Empty(new RoundAudit().End("aa").Findings);

    public static TheoryData<string, RoundRecord?, object?> Wrong => new()
    {
        { "Round 1: its record is missing.", null, Ledger },
        { "Round 1: its ledger is missing.", Record, null },
        { "Round 1: its record says that it is round 2.", Record with { Round = 2 }, Ledger },
        { "Round 1: device 'b' is in it twice.", Record, Ledger with { Devices = ["b", "b", "c"] } },
        { "Round 1: its devices are out of order at 'a'.", Record, Ledger with { Devices = ["b", "a", "c"] } },
        { "Round 1: its record says that 4 devices were selected and its ledger names 3.", Record with { Cohort = 4 }, Ledger },
        { "Round 1: its record counts 3 updates and its ledger 2.", Record with { Outcomes = Record.Outcomes with { Trained = 3 } }, Ledger },
        { "Round 1: its devices gave updates that weigh 7 units and the sums held 11.", Record, Ledger with { AggregatedWeight = 11 } },
        { "Round 1: its ledger has no weights.", Record, Ledger with { Weights = [] } },
        { "Round 1: the update of device 'b' weighs 4 units and does not count.", Record, Ledger with { Weights = [1, 4, 2] } },
        { "Round 1: the update of device 'a' weighs 0 units and counts.", Record, Ledger with { Weights = [0, 0, 7] } },
        { "Round 1: it was abandoned and its ledger counts updates.", Gone(1, "aa"), Ledger },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void End_SomethingIsNotAsItMustBe_SaysWhat(string expected, RoundRecord? record, object? ledger)
    {
        var audit = new RoundAudit();
        audit.Add(record, (CohortLedger?)ledger);

        Assert.Contains(expected, audit.End("aa").Findings.Select(finding => finding.What));
    }

    [Fact]
    public void End_AbandonedRoundWithAnotherCheckpoint_SaysSo()
    {
        var audit = Audit((Record, Ledger), (Gone(2, "bb"), Ledger with { Trained = [0], Weights = [0, 0, 0], AggregatedWeight = 0 }));

        Assert.Equal(new AuditFinding(2, "Round 2: it was abandoned and ended with another checkpoint than it began with, bb."), Assert.Single(audit.Findings));
    }

    [Fact]
    public void End_TaskHasAnotherCheckpointThanItsLastRound_SaysSo()
    {
        var audit = new RoundAudit();
        audit.Add(Record, Ledger);

        Assert.Equal(new AuditFinding(1, "Round 1: it ended with checkpoint aa and the task has bb."), Assert.Single(audit.End("bb").Findings));
    }

    private static RoundRecord Gone(int round, string checkpoint) => Record with { Round = round, Abandoned = "too few", Checkpoint = checkpoint };

    private static TaskAudit Audit(params (RoundRecord Record, CohortLedger Ledger)[] rounds)
    {
        var audit = new RoundAudit();
        foreach (var (record, ledger) in rounds)
        {
            audit.Add(record, ledger);
        }

        return audit.End(rounds[^1].Record.Checkpoint);
    }
}
