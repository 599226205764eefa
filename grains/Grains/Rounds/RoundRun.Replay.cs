using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <content>A round that is over and is run again, as its ledger says.</content>
internal sealed partial class RoundRun
{
    private PopulationMoment? _then;

    /// <summary>Runs a round that is over again, with those of its cohort who trained, but for some.</summary>
    /// <param name="recorded">The round's ledger.</param>
    /// <param name="without">The devices that are left out.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    /// <returns>The next checkpoint, or null when fewer updates were folded than the plan needs.</returns>
    /// <exception cref="RoundNotRepeatedException">A device did not train, or not on what it had trained on.</exception>
    public async Task<CheckpointRef?> ReplayAsync(CohortLedger recorded, IReadOnlySet<string> without, CancellationToken cancellationToken)
    {
        clock.Enter(RoundPhase.Select);
        var places = await RecallCohortAsync(recorded, without);
        var next = await TrainCohortAsync(cancellationToken);
        EnsureRepeated(recorded, places);
        return next;
    }

    /// <summary>Asks those of a round's cohort who trained, but for some, whether they still have what they used. Nobody trains.</summary>
    /// <param name="recorded">The round's ledger.</param>
    /// <param name="without">The devices that are left out.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>How many do not have it any more.</returns>
    public async Task<int> RecallAsync(CohortLedger recorded, IReadOnlySet<string> without, CancellationToken cancellationToken)
    {
        var places = await RecallCohortAsync(recorded, without);
        if (places.Length == 0)
        {
            return 0;
        }

        await DispatchAsync(SliceKind.Recall, checkpoint, cancellationToken);
        if (ReportedOutcomes.Select(pair => pair.Outcome).FirstOrDefault(outcome => outcome is DeviceOutcome.Late or DeviceOutcome.Failed, DeviceOutcome.Done)
            is var unreached and not DeviceOutcome.Done)
        {
            throw new RoundNotRepeatedException(key.Round, unreached);
        }

        var fingerprints = Fingerprints;
        return Enumerable.Range(0, places.Length).Count(at => fingerprints[at] != recorded.Fingerprints[places[at]]);
    }

    private IEnumerable<(int Device, DeviceOutcome Outcome)> ReportedOutcomes =>
        _dispatch is null ? [] : _dispatch.Ledger.Slices.Zip(_dispatch.Reports).SelectMany(pair => pair.First.Devices.Zip(pair.Second.Outcomes));

    private async Task<int[]> RecallCohortAsync(CohortLedger recorded, IReadOnlySet<string> without)
    {
        _then = recorded.Moment;
        var places = recorded.TrainedPlaces.Where(place => !without.Contains(recorded.Devices[place])).ToArray();
        var silos = await new CohortDraw(grains, task.Population, population.Shards, program.SelectionBasis).SilosAsync();
        Cohort = [.. places.Select(place => new DrawnDevice(
            recorded.Devices[place], silos(recorded.Devices[place]), recorded.InverseInclusions?[place] ?? 1, Inclusion: 1))];
        return places;
    }

    private void EnsureRepeated(CohortLedger recorded, int[] places)
    {
        var fingerprints = Fingerprints;
        foreach (var (device, outcome) in ReportedOutcomes)
        {
            // A device that was erased meanwhile is left out as well.
            if (outcome != DeviceOutcome.Erased && (outcome != DeviceOutcome.Done || fingerprints[device] != recorded.Fingerprints[places[device]]))
            {
                throw new RoundNotRepeatedException(key.Round, outcome);
            }
        }
    }
}
