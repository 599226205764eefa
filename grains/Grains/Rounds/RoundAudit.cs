using System.Globalization;
using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Rounds;

/// <summary>Checks the ledger of a task, round after round: that every round is there once and in order, that no device counts twice, and that what the
/// devices say they gave is what the sums held that made the checkpoint.</summary>
internal sealed class RoundAudit
{
    private readonly List<AuditFinding> _findings = [];
    private string _checkpoint = "";
    private int _rounds;
    private int _abandoned;
    private long _updates;
    private Int128 _weight;

    /// <summary>Takes the next round.</summary>
    /// <param name="record">Its record; null when it is missing.</param>
    /// <param name="cohort">Its ledger; null when it is missing.</param>
    public void Add(RoundRecord? record, CohortLedger? cohort)
    {
        var round = ++_rounds;
        if (record is null || cohort is null)
        {
            Find($"its {(record is null ? "record" : "ledger")} is missing");
            return;
        }

        if (record.Round != round)
        {
            Find($"its record says that it is round {Show(record.Round)}");
        }

        CheckDevices(record, cohort);
        var isCommitted = record.Abandoned is null;
        if (isCommitted)
        {
            CheckUpdates(record, cohort);
        }
        else
        {
            _abandoned++;
            CheckAbandoned(record, cohort);
        }

        _checkpoint = record.Checkpoint;
    }

    /// <summary>Ends the audit.</summary>
    /// <param name="checkpoint">The hash of the checkpoint that the task has now; null when it has none.</param>
    /// <returns>What was found.</returns>
    public TaskAudit End(string? checkpoint)
    {
        if (_rounds > 0 && checkpoint != _checkpoint)
        {
            Find($"it ended with checkpoint {_checkpoint} and the task has {checkpoint ?? "none"}");
        }

        return new TaskAudit(_rounds, _abandoned, _updates, _weight, [.. _findings]);
    }

    private static string Show(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void CheckDevices(RoundRecord record, CohortLedger cohort)
    {
        for (var i = 1; i < cohort.Devices.Length; i++)
        {
            var order = string.CompareOrdinal(cohort.Devices[i - 1], cohort.Devices[i]);
            if (order >= 0)
            {
                Find(order == 0 ? $"device '{cohort.Devices[i]}' is in it twice" : $"its devices are out of order at '{cohort.Devices[i]}'");
            }
        }

        if (cohort.Devices.Length != record.Cohort)
        {
            Find($"its record says that {Show(record.Cohort)} devices were selected and its ledger names {Show(cohort.Devices.Length)}");
        }
    }

    private void CheckUpdates(RoundRecord record, CohortLedger cohort)
    {
        var trained = cohort.TrainedPlaces.ToArray();
        _updates += trained.Length;
        if (trained.Length != record.Outcomes.Trained)
        {
            Find($"its record counts {Show(record.Outcomes.Trained)} updates and its ledger {Show(trained.Length)}");
        }

        if (cohort.Weights.Length != cohort.Devices.Length)
        {
            Find("its ledger has no weights");
            return;
        }

        var devices = cohort.Weights.Sum();
        _weight += devices;
        if (devices != cohort.AggregatedWeight)
        {
            Find($"its devices gave updates that weigh {Show(devices)} units and the sums held {Show(cohort.AggregatedWeight)}");
        }

        for (var i = 0; i < cohort.Devices.Length; i++)
        {
            if (cohort.HasTrained(i) != cohort.Weights[i] > 0)
            {
                Find($"the update of device '{cohort.Devices[i]}' weighs {Show(cohort.Weights[i])} units and {(cohort.HasTrained(i) ? "counts" : "does not count")}");
            }
        }
    }

    private void CheckAbandoned(RoundRecord record, CohortLedger cohort)
    {
        if (cohort.TrainedPlaces.Any() || cohort.AggregatedWeight != 0)
        {
            Find("it was abandoned and its ledger counts updates");
        }

        if (_checkpoint.Length > 0 && record.Checkpoint != _checkpoint)
        {
            Find($"it was abandoned and ended with another checkpoint than it began with, {record.Checkpoint}");
        }
    }

    private void Find(string what) => _findings.Add(new AuditFinding(_rounds, $"Round {Show(_rounds)}: {what}."));
}
