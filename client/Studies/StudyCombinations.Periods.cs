namespace Sheaf.Client.Studies;

/// <content>What periods, what is kept of them, and what is known of them must have in common.</content>
internal sealed partial class StudyCombinations
{
    private const int RoundsInAllMax = 10_000_000;

    private const string Overflow = "population.retention.overflow";
    private const string Reserve = "population.retention.reserve";
    private const string ReserveChoice = "population.retention.reserveChoice";
    private const string Counts = "training.selection.counts";
    private const string Decay = "training.selection.decay";

    private void CheckPeriods(Study study)
    {
        CheckReserve(study);
        var (population, selection) = (study.Population, study.Training.Selection);
        if (population.Retention is { Overflow: RetentionOverflow.Reservoir, ExamplesMax: null } && AreRight(Overflow, "population.retention.examplesMax"))
        {
            _checks.Add(Overflow, "\"reservoir\" without population.retention.examplesMax keeps everything", "Say how many examples the reservoir holds, or leave it out.");
        }

        if (AreRight(Rounds, Periods, "population.arrival") && (long)study.Training.Rounds * (population.Periods - study.FirstPeriod) > RoundsInAllMax)
        {
            var what = $"{Show(study.Training.Rounds)} rounds in each of {Show(population.Periods)} periods are more than {Show(RoundsInAllMax)} rounds";
            _checks.Add(Rounds, what, "Use fewer rounds or fewer periods.");
        }

        if (selection.Counts == SelectionCounts.Stale && !study.IsContinual && AreRight(Counts, Periods, "population.arrival"))
        {
            var what = "\"stale\" counts are those of the period before, and "
                + (study.Population.Periods == 1 ? "the study has one" : "the examples of all periods come at once");
            _checks.Add(Counts, what, "Use \"current\", or several population.periods that arrive one by one.");
        }

        if (selection is { Decay: < 1, Counts: not SelectionCounts.Current } && AreRight(Counts, Decay))
        {
            _checks.Add(Decay, "only current counts decay", "Use 1, or the counts \"current\".");
        }
    }

    private void CheckReserve(Study study)
    {
        var retention = study.Population.Retention;
        if (retention is { Reserve: > 0, PeriodsMax: null, ExamplesMax: null } && AreRight(Reserve, "population.retention.periodsMax", "population.retention.examplesMax"))
        {
            _checks.Add(Reserve, "nothing would go that a reserve could keep", "Set population.retention.periodsMax or examplesMax, or write 0.");
        }

        if (retention is { Reserve: > 0, TrainOnce: true } && AreRight(Reserve, "population.retention.trainOnce"))
        {
            _checks.Add(Reserve, "a reserve keeps to train on again what population.retention.trainOnce deletes when it was trained on", "Choose one of them.");
        }

        if (retention.ReserveChoice == ReplayChoice.GradientSum && study.Task.Type == TaskType.NextWord && AreRight(ReserveChoice, TaskTypePath))
        {
            _checks.Add(ReserveChoice, "\"gradient-sum\" takes a gradient as long as the vocabulary of each text", "Use \"random\" for next words.");
        }
    }
}
