using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <content>A round that is over and is run again, as its ledger says.</content>
internal sealed partial class RoundRun
{
    private PopulationMoment? _then;
    private CohortLedger? _recorded;
    private int[] _places = [];
    private int _pass;

    /// <summary>Runs a round that is over again, with those of its cohort who trained, but for some.</summary>
    /// <param name="recorded">The round's ledger.</param>
    /// <param name="without">The devices that are left out.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    /// <returns>The next checkpoint, or null when fewer updates were folded than the plan needs.</returns>
    /// <exception cref="RoundNotRepeatedException">A device did not train, or not on what it had trained on.</exception>
    public async Task<CheckpointRef?> ReplayAsync(CohortLedger recorded, IReadOnlySet<string> without, CancellationToken cancellationToken)
    {
        clock.Enter(RoundPhase.Select);
        await RecallCohortAsync(recorded, without);
        return await TrainCohortAsync(cancellationToken);
    }

    /// <summary>Asks those of a round's cohort who trained, but for some, whether they still have what they used. Nobody trains.</summary>
    /// <param name="recorded">The round's ledger.</param>
    /// <param name="without">The devices that are left out.</param>
    /// <param name="pass">A number that no earlier asking of the epoch had.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>How many do not have it any more.</returns>
    /// <exception cref="RoundNotRepeatedException">A device could not be asked.</exception>
    public async Task<int> RecallAsync(CohortLedger recorded, IReadOnlySet<string> without, int pass, CancellationToken cancellationToken)
    {
        _pass = pass;
        await RecallCohortAsync(recorded, without);
        if (_places.Length == 0)
        {
            return 0;
        }

        await DispatchAsync(SliceKind.Recall, checkpoint, cancellationToken);
        var unreached = ReportedOutcomes.Where(pair => pair.Outcome is DeviceOutcome.Late or DeviceOutcome.Failed).ToArray();
        if (unreached.Length > 0)
        {
            throw NotRepeated(unreached);
        }

        var fingerprints = Fingerprints;
        return Enumerable.Range(0, _places.Length).Count(at => fingerprints[at] != recorded.Fingerprints[_places[at]]);
    }

    /// <summary>The ledger of a round that was run again: its cohort as it was, with the updates that are in the checkpoint now.</summary>
    /// <param name="isCommitted">Whether it has made a checkpoint.</param>
    /// <returns>The ledger.</returns>
    public CohortLedger ReplayedLedger(bool isCommitted)
    {
        var recorded = _recorded!;
        var (trained, reports, ofRun) = (new byte[recorded.Trained.Length], new float[recorded.Reports.Length], Reports);
        var (weights, weightsOfRun) = (new long[recorded.Devices.Length], Weights);
        foreach (var (device, _) in Outcomes.Where(pair => isCommitted && pair.Outcome == DeviceOutcome.Done))
        {
            var place = _places[device];
            trained[place / 8] |= (byte)(1 << (place % 8));
            weights[place] = weightsOfRun[device];
            if (reports.Length > 0)
            {
                reports[place] = ofRun[device];
            }
        }

        return recorded with { Trained = trained, Reports = reports, Weights = weights, AggregatedWeight = isCommitted ? AggregatedWeight : 0 };
    }

    private IEnumerable<(int Device, DeviceOutcome Outcome)> ReportedOutcomes =>
        _dispatch is null ? [] : _dispatch.Ledger.Slices.Zip(_dispatch.Reports).SelectMany(pair => pair.First.Devices.Zip(pair.Second.Outcomes));

    private async Task RecallCohortAsync(CohortLedger recorded, IReadOnlySet<string> without)
    {
        (_then, _recorded) = (recorded.Moment, recorded);
        _places = [.. recorded.TrainedPlaces.Where(place => !without.Contains(recorded.Devices[place]))];
        var silos = await new CohortDraw(grains, task.Population, population.Shards, program.SelectionBasis).SilosAsync();
        Cohort = Settle([.. _places.Select(place => new DrawnDevice(
            recorded.Devices[place], silos(recorded.Devices[place]), recorded.InverseInclusions?[place] ?? 1, Inclusion: 1))]);
    }

    private void EnsureRepeated()
    {
        if (_recorded is not { } recorded)
        {
            return;
        }

        var fingerprints = Fingerprints;
        // A device that was erased meanwhile is left out as well.
        var others = ReportedOutcomes.Where(pair => pair.Outcome != DeviceOutcome.Erased
            && (pair.Outcome != DeviceOutcome.Done || fingerprints[pair.Device] != recorded.Fingerprints[_places[pair.Device]])).ToArray();
        if (others.Length > 0)
        {
            throw NotRepeated(others);
        }
    }

    private RoundNotRepeatedException NotRepeated((int Device, DeviceOutcome Outcome)[] others) =>
        new(key.Round, others[0].Outcome, [.. others.Select(pair => Cohort[pair.Device].DeviceId)]);
}
