using Sheaf.Abstractions.Devices;
using Sheaf.Learning.Aggregation.Rules;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <content>What is stored of a round while it trains, and going on from it.</content>
internal sealed partial class RoundRun
{
    private SumSnapshots? _snapshots;

    /// <summary>Where its snapshots go; null for a run of which none is taken.</summary>
    public SnapshotRow? Row { get; init; }

    /// <summary>How often they are taken.</summary>
    public RoundSnapshotOptions SnapshotOptions { get; init; } = new();

    /// <summary>Whether a device has been erased while the task ran.</summary>
    public Func<bool> IsDisturbed { get; init; } = () => false;

    /// <summary>Its phases.</summary>
    public PhaseClock Clock => clock;

    private int Chunks => SumChunks.CountOf(program.Architecture.ParameterCount);

    /// <summary>Goes on with a round from what is stored of it, and makes the row its own: nobody who was there before can write it any more.</summary>
    /// <param name="snapshot">What is stored.</param>
    /// <returns>Whether the row was still as it was read; else it must be read again.</returns>
    public async Task<bool> TryResumeAsync(RoundSnapshot snapshot)
    {
        Cohort = [.. snapshot.Devices.Select((device, at) => new DrawnDevice(
            device, "", snapshot.InverseInclusions[at], Inclusion: 1, snapshot.Activity.Length > 0 ? snapshot.Activity[at] : 0))];
        _present = snapshot.Present;
        _dispatch = new SliceDispatch(
            grains, await TemplateAsync(SliceKind.Train, checkpoint, snapshot.Moment), Cohort, retry, time, logger, snapshot)
        {
            Homes = Homes,
            Trace = () => clock.Trace.Parent,
            Absent = Absent(),
        };
        // The row that names them is about to go.
        await SumSnapshots.DeleteAsync(grains, key, [.. snapshot.Names.Except(snapshot.Stored.Select(stored => stored.Name))], Chunks);
        _snapshots = NewSnapshots(_dispatch);
        _snapshots.Claimed();
        return await Row!.TryWriteAsync(Describe(namesEnd: 0));
    }

    /// <summary>How much of the round was kept when it was taken over.</summary>
    /// <returns>The updates that are stored, and the devices that are asked again.</returns>
    public (int Updates, int Devices) Kept()
    {
        var durable = _dispatch!.Ledger.Slices.Select((slice, at) => (slice, at)).ToLookup(pair => pair.slice.Status == SliceStatus.Durable);
        return (_dispatch.UpdatesOf(durable[true].Select(pair => pair.at)), durable[false].Sum(pair => pair.slice.Devices.Length));
    }

    /// <summary>Stores at once what has been merged, if anything is stored of the round at all.</summary>
    /// <returns>When it is stored.</returns>
    public Task StoreSumsAsync() => _snapshots?.TakeNowAsync() ?? Task.CompletedTask;

    /// <summary>Deletes all that is stored of the round beside its record: it is over.</summary>
    /// <returns>When nothing is stored.</returns>
    public Task ForgetSnapshotsAsync() => _snapshots?.ForgetAsync() ?? Task.CompletedTask;

    private void StartSnapshots()
    {
        // A round that is run again does so as its own ledger says, from the beginning; sums that are kept apart are not stored.
        if (Row is not null && _recorded is null && program.Aggregation.Rule is not SliceRule)
        {
            (_snapshots ??= NewSnapshots(_dispatch!)).Start(SnapshotOptions.Interval);
        }
    }

    private async Task<EraseFenceOutcome> EraseAsync(SliceDispatch dispatch, string deviceId)
    {
        if (!await dispatch.EraseAsync(deviceId))
        {
            return EraseFenceOutcome.NotInCohort;
        }

        await (_snapshots?.SettleAsync() ?? Task.CompletedTask);
        return EraseFenceOutcome.TakenOut;
    }

    private SumSnapshots NewSnapshots(SliceDispatch dispatch) => new(grains, key, dispatch, Row!, Describe, Chunks, time, logger);

    private RoundSnapshot Describe(int namesEnd)
    {
        var ledger = _dispatch!.Ledger;
        return new RoundSnapshot
        {
            Epoch = key.Epoch,
            Round = key.Round,
            Start = checkpoint.Parameters,
            Moment = Moment,
            Devices = [.. Cohort.Select(device => device.DeviceId)],
            InverseInclusions = [.. Cohort.Select(device => device.InverseInclusion)],
            Slices = [.. ledger.Slices.Select((slice, at) => new SliceMark(
                [.. slice.Devices], slice.Silo, slice.Attempt, slice.Generation, slice.Status == SliceStatus.Durable ? _dispatch.ReportOf(at) : null))],
            Generations = ledger.Generations,
            Erased = [.. ledger.Erased.Order()],
            Stored = [.. _dispatch.Stored.Values],
            NamesEnd = namesEnd,
            IsDisturbed = IsDisturbed(),
            Activity = Profiles is null ? [] : [.. Cohort.Select(device => device.Activity)],
            Present = _present,
        };
    }
}
