using System.Collections.ObjectModel;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Placement;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <summary>One round of one epoch, from selection to a checkpoint that is ready to be committed. Used from its coordinator's turns only.</summary>
internal sealed partial class RoundRun(
    IGrainFactory grains,
    RoundKey key,
    TaskSpec task,
    TaskProgram program,
    CheckpointRef checkpoint,
    PopulationSpec population,
    PhaseClock clock,
    SliceRetryOptions retry,
    TimeProvider time,
    ILogger logger)
{
    private SliceDispatch? _dispatch;
    private TaskCompletionSource<bool> _commit = new();

    /// <summary>The round.</summary>
    public RoundKey Key => key;

    /// <summary>The population's period in which it runs.</summary>
    public int Period => task.Plan.PeriodOf(key.Round);

    /// <summary>The cohort, sorted by id; empty before it is drawn.</summary>
    public IReadOnlyList<DrawnDevice> Cohort { get; private set; } = [];

    /// <summary>What the slices added up to, once they are merged.</summary>
    public RoundTally Tally { get; private set; } = new([]);

    /// <summary>The outcome of each device of the cohort, once slices are merged.</summary>
    public IEnumerable<(int Device, DeviceOutcome Outcome)> Outcomes => Tally.Done == 0 ? [] : ReportedOutcomes;

    /// <summary>Which examples each device of the cohort has used, once slices are merged.</summary>
    public ulong[] Fingerprints => PerDevice(report => report.Fingerprints);

    /// <summary>Whether an update weighs by how likely its device was to be drawn.</summary>
    public bool IsWeighedByInclusion => task.Plan.Weighting == "inverse-probability";

    /// <summary>The population's period and time by which the devices went.</summary>
    public PopulationMoment Moment { get; private set; }

    /// <summary>What each device of the cohort reported to the selection, once slices are merged; empty when no strategy asks for it.</summary>
    public float[] Reports => program.Guide is null || Tally.Done == 0 ? [] : PerDevice(report => report.Reports);

    /// <summary>What the update of each device of the cohort weighs, in units of 2⁻²⁰, once slices are merged; 0 without one.</summary>
    public long[] Weights => PerDevice(report => report.Weights);

    /// <summary>Σ of the weights that are in the checkpoint, as the silos' sums have it, in units of 2⁻²⁰; 0 before there is one.</summary>
    public long AggregatedWeight { get; private set; }

    /// <summary>Whether devices may have been away when the cohort was drawn, or kept from it by Oort's cap.</summary>
    public bool HasAbsent => population.Behaviour is { Availability: < 1 } or { Profiles: not null } || program.Guide is GuidedSelection.ByUtility { Spec.InclusionMax: < 1 };

    /// <summary>How many inputs the task's rule has, once slices are merged; 1 for the mean.</summary>
    public int Inputs => _dispatch?.Inputs ?? 0;

    /// <summary>How many inputs the task's rule needs.</summary>
    public int InputsMin => program.Aggregation.InputsMin;

    /// <summary>Whether it was given up before every device had an outcome.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>The most attempts that a slice needed.</summary>
    public int Attempts => _dispatch?.Ledger.AttemptsMax ?? 0;

    /// <summary>Draws a cohort, trains it and aggregates. What it returns is stored, but nobody uses it yet.</summary>
    /// <param name="resting">Devices that sit this round out.</param>
    /// <param name="reports">What the participants of earlier rounds reported; asked only when the strategy goes by that.</param>
    /// <param name="cancellationToken">Stops the round.</param>
    /// <returns>The next checkpoint, or null when fewer updates were folded than the plan needs.</returns>
    public async Task<CheckpointRef?> TrainAsync(IReadOnlyCollection<string> resting, DeviceReports reports, CancellationToken cancellationToken)
    {
        if (_dispatch is not null)
        {
            // Another coordinator has drawn it.
            return await TrainCohortAsync(cancellationToken);
        }

        clock.Enter(RoundPhase.Select);
        var draw = new CohortDraw(grains, task.Population, population.Shards, program.SelectionBasis, task.Plan.Selection.Decay)
        {
            Resting = resting.Count > 0 ? new RestList(key.Task, $"{key.Task}/{key.Epoch}/{key.Round}", resting) : null,
            // By the virtual clock, availability says for how much of the time a device is online.
            Attendance = population.Behaviour is { Profiles: null, Availability: < 1 and var availability } ? new Attendance(task.Seed, key.Round, availability) : null,
            Clock = Profiles is null ? null : (Start, Profiles),
        };
        Cohort = Settle(program.Guide is { } guide
            ? await new GuidedDraw(draw, reports, key, task.Seed).DrawAsync(guide, program.Selection)
            : await draw.DrawAsync(program.Selection, task.Seed, key.Round, SelectionPurposes.Training));
        _present = draw.Present;
        return await TrainCohortAsync(cancellationToken);
    }

    private async Task<CheckpointRef?> TrainCohortAsync(CancellationToken cancellationToken)
    {
        if (Cohort.Count == 0)
        {
            // With nobody there, time passes all the same.
            _ = Absent();
            return null;
        }

        while (true)
        {
            await DispatchAsync(SliceKind.Train, checkpoint, cancellationToken);
            // Before anything is made of it: what is not what it was must not become a checkpoint, not even one that nobody uses.
            EnsureRepeated();
            if (Tally.Done < task.Plan.MinimumReports || Inputs < InputsMin)
            {
                return null;
            }

            clock.Enter(RoundPhase.Aggregate);
            var report = await AggregateAsync();
            if (report.Checkpoint is not null)
            {
                AggregatedWeight = report.WeightUnits;
                return report.Checkpoint;
            }

            _dispatch!.RetractCommit();
            EndCommit(isCommitted: false);
            await _dispatch.LoseAsync(report.Lost, report.LostStored.IsDefault ? [] : report.LostStored.Select(stored => stored.Key));
        }
    }

    /// <summary>Gives the round up: nothing of it counts.</summary>
    public void Abandon()
    {
        Tally = new RoundTally([]);
        IsGivenUp = true;
        EndCommit(isCommitted: false);
    }

    /// <summary>Has devices score a checkpoint: on held-out examples, or on those that came with the period.</summary>
    /// <param name="scored">The checkpoint.</param>
    /// <param name="kind">Which examples.</param>
    /// <param name="cancellationToken">Stops the evaluation.</param>
    /// <param name="then">The moment of a round that is run again: examples that came later are not scored; null scores all.</param>
    /// <returns>The score; null when no device holds any.</returns>
    public async Task<EvaluationRecord?> EvaluateAsync(
        CheckpointRef scored, SliceKind kind, CancellationToken cancellationToken, PopulationMoment? then = null)
    {
        _then = then;
        clock.Enter(RoundPhase.Evaluate);
        // Of too many devices those with more examples say more: they are drawn in proportion, and each counts by 1/π. A uniform sample would mostly
        // miss the heaviest devices, and not know how much it misses.
        var (basis, purposes) = kind == SliceKind.ScoreNew ? (DrawBasis.Fresh, SelectionPurposes.Scoring) : (DrawBasis.HeldOut, SelectionPurposes.Evaluation);
        var draw = new CohortDraw(grains, task.Population, population.Shards, basis);
        Cohort = Settle(await draw.DrawAsync(new SelectionSpec { Cohort = task.Plan.Evaluation.DevicesMax }, task.Seed, key.Round, purposes));
        if (Cohort.Count == 0)
        {
            return null;
        }

        await DispatchAsync(kind, scored, cancellationToken);
        return Tally.Evaluation;
    }

    /// <summary>Lets the erases go on that wait for the commit.</summary>
    /// <param name="isCommitted">Whether the coordinator's row names this round's checkpoint.</param>
    public void EndCommit(bool isCommitted) => _commit.TrySetResult(isCommitted);

    /// <summary>Frees the silos' sums of the round, and has no more of them stored. What is stored stays.</summary>
    /// <returns>When the silos that answer have freed theirs.</returns>
    public async Task ReleaseAsync()
    {
        var stopping = _snapshots?.StopAsync();
        var ledger = _dispatch?.Ledger;
        foreach (var silo in ledger?.Silos ?? [])
        {
            try
            {
                await Window(silo, ledger!.GenerationOf(silo)).ReleaseAsync(key);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                // A silo that is gone holds nothing.
            }
        }

        await (stopping ?? Task.CompletedTask);
    }

    /// <summary>Takes a device out of what is under way.</summary>
    /// <param name="deviceId">The device.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="SupersededException">Another coordinator has taken over; it must be asked.</exception>
    public async Task<EraseFenceOutcome> FenceAsync(string deviceId)
    {
        while (_dispatch is { } dispatch)
        {
            if (!dispatch.Ledger.IsCommitting)
            {
                return await EraseAsync(dispatch, deviceId);
            }

            if (!dispatch.Has(deviceId))
            {
                return EraseFenceOutcome.NotInCohort;
            }

            if (await _commit.Task)
            {
                return EraseFenceOutcome.Committed;
            }

            if (dispatch.Ledger.IsCommitting)
            {
                // The commit came to nothing and is not tried again: no checkpoint has the device, but what is stored of the round may.
                dispatch.RetractCommit();
            }
        }

        return EraseFenceOutcome.NotInCohort;
    }

    private async Task DispatchAsync(SliceKind kind, CheckpointRef from, CancellationToken cancellationToken)
    {
        var isTraining = kind == SliceKind.Train;
        clock.Enter(isTraining ? RoundPhase.Configure : RoundPhase.Evaluate);
        _dispatch ??= new SliceDispatch(grains, await TemplateAsync(kind, from), Cohort, retry, time, logger, inputs: isTraining ? InputsOfCohort() : null)
        {
            Homes = Homes,
            Trace = () => clock.Trace.Parent,
            Absent = isTraining ? Absent() : ReadOnlyDictionary<int, DeviceOutcome>.Empty,
        };
        clock.Enter(isTraining ? RoundPhase.Train : RoundPhase.Evaluate);
        if (isTraining)
        {
            StartSnapshots();
        }

        do
        {
            await _dispatch.CompleteAsync(cancellationToken);
            _commit = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        while (isTraining && !_dispatch.TryBeginCommit());
        Tally = new RoundTally(_dispatch.Reports);
    }

    private async Task<SliceOrder> TemplateAsync(SliceKind kind, CheckpointRef from, PopulationMoment? resumed = null)
    {
        var moment = resumed ?? await grains.GetGrain<IPopulation>(task.Population).GetMomentAsync();
        Moment = _then ?? moment;
        var groups = kind is SliceKind.Train or SliceKind.Recall ? null
            : ActivityGroups.Of(await new CohortDraw(grains, task.Population, population.Shards, DrawBasis.Made).HistogramAsync());
        var timeLeft = Profiles is null ? task.Plan.Deadline : Patience;
        return new SliceOrder(new SliceKey(key.Task, key.Epoch, key.Round, kind, 0, 0, _pass), task, [], [], from.Parameters, moment, timeLeft, [])
        {
            Groups = groups,
            Then = _then,
        };
    }

    /// <summary>The input of the rule that each device is a part of; null for the mean. Which silos there are does not matter.</summary>
    private int[]? InputsOfCohort() => program.Aggregation switch
    {
        { Rule: not SliceRule } => null,
        { IsOverUpdates: true } => [.. Enumerable.Range(0, Cohort.Count)],
        _ => [.. Cohort.Select(device => DevicePosition.ShardOf(DevicePosition.Of(device.DeviceId), population.Shards))],
    };

    private Task<AggregationReport> AggregateAsync()
    {
        var ledger = _dispatch!.Ledger;
        var sums = ledger.Silos.Select(silo => new SiloSumQuery(key, silo, ledger.GenerationOf(silo), ledger.MergedOn(silo)));
        return grains.GetGrain<IAggregator>(key.Task).AggregateAsync(new AggregationOrder(
            key, task, [.. sums], checkpoint, Tally.Done, [.. ledger.StoredAlone.Select(sum => _dispatch.Stored[sum])], Tally.WeightUnits, clock.Trace.Parent));
    }

    private T[] PerDevice<T>(Func<SliceReport, T[]> values)
    {
        var ofDevices = new T[Cohort.Count];
        if (Tally.Done > 0)
        {
            foreach (var (device, value) in _dispatch!.Ledger.Slices.Zip(_dispatch.Reports).SelectMany(pair => pair.First.Devices.Zip(values(pair.Second))))
            {
                ofDevices[device] = value;
            }
        }

        return ofDevices;
    }

    private ISiloSum Window(string silo, int generation)
    {
        PlacementHint.Set(SiloAddress.FromParsableString(silo));
        return grains.GetGrain<ISiloSum>(ISiloSum.KeyOf(key, silo, generation));
    }
}
