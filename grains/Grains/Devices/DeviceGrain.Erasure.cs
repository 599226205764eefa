using System.Collections.Immutable;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Erasures;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Grains.Devices;

/// <content>Forgetting for good.</content>
internal sealed partial class DeviceGrain
{
    private IErasureLog ErasureLog => GrainFactory.GetGrain<IErasureLog>(0);

    public Task<EraseReceipt> EraseAsync(EraseSpec scope) => EraseAsync(scope, isWithdrawal: false);

    public Task<EraseReceipt> WithdrawAsync() => EraseAsync(EraseSpec.All, isWithdrawal: true);

    public async Task ReapplyAsync(long number, Erasure erasure) => await ApplyAsync(number, erasure, await LookAsync());

    public async Task<(int Completed, bool IsAnyLeft)> CompleteReceiptsAsync(DateTimeOffset began, DateTimeOffset ended)
    {
        var completed = 0;
        for (var i = 0; i < State.Receipts.Count; i++)
        {
            if (State.Receipts[i] is { PhysicallyErasedAt: null } receipt && receipt.LogicallyErasedAt <= began)
            {
                State.Receipts[i] = receipt with { PhysicallyErasedAt = ended };
                completed++;
            }
        }

        if (completed > 0)
        {
            await StoreAsync();
        }

        return (completed, State.Receipts.Any(receipt => receipt.PhysicallyErasedAt is null) || State.Erasing.Count > 0);
    }

    public async Task<DeviceCounts?> SeeCommitAsync(string task, int round)
    {
        var moment = await LookAsync();
        var seen = State.Pending.FindAll(pending => pending.Task == task && pending.Round <= round);
        if (seen.Count > 0)
        {
            var before = State.Examples.Count;
            // Older rounds of the task were not committed with the device, or it would have been told.
            State.Pending.RemoveAll(seen.Contains);
            if (_data.Policy.TrainOnce)
            {
                _data.Spend(seen.Where(pending => pending.Round == round).SelectMany(pending => pending.Ids).ToHashSet(), moment);
            }

            await StoreAsync();
            SheafMetrics.CountDeleted(_population, "trained", before - State.Examples.Count);
        }

        // Told again, it answers again: the shard may not have lived to store its answer.
        return seen.Count > 0 || _data.Policy.TrainOnce ? _data.CountsFor(moment) : null;
    }

    /// <summary>Stores what a round uses, so that it goes when its commit is seen, also when this process does not live to see it.</summary>
    private async Task RememberAsync(SliceKey slice, ImmutableArray<long> ids)
    {
        if (PendingRound.Note(State.Pending, slice, ids))
        {
            await StoreAsync();
        }
    }

    private async Task<EraseReceipt> EraseAsync(EraseSpec scope, bool isWithdrawal)
    {
        var began = _time.GetTimestamp();
        // Mistakes are answered before anything is written down.
        _ = EraseScopes.Of(scope);
        var rowWatermark = await Population.GetRowWatermarkAsync();
        var moment = await LookAsync();
        var erasure = new Erasure(_population, _deviceId, scope, _data.UpToAt(rowWatermark, moment), isWithdrawal, _time.GetUtcNow());
        if (await FinishAsync(erasure, moment) is { } finished)
        {
            return finished;
        }

        // Where the journal was lost its numbers may start below those of receipts that are here.
        var number = await ErasureLog.BeginAsync(erasure, State.Receipts.Select(receipt => receipt.Number).DefaultIfEmpty().Max());
        var receipt = await ApplyAsync(number, erasure, moment);
        await ErasureLog.EndAsync(number);
        SheafMetrics.CountErasure(receipt.Examples, _time.GetElapsedTime(began));
        return receipt;
    }

    /// <summary>Finishes what failed half-way.</summary>
    /// <returns>The receipt of the very erasure that is asked for again; null when none of them is.</returns>
    private async Task<EraseReceipt?> FinishAsync(Erasure asked, PopulationMoment moment)
    {
        EraseReceipt? again = null;
        foreach (var (number, begun) in State.Erasing.ToArray())
        {
            var receipt = await ApplyAsync(number, begun.Erasure, moment);
            await ErasureLog.EndAsync(number);
            again ??= begun.Erasure with { At = asked.At } == asked ? receipt : null;
        }

        return again;
    }

    private async Task<EraseReceipt> ApplyAsync(long number, Erasure erasure, PopulationMoment moment)
    {
        if (State.Receipts.Find(receipt => receipt.Number == number && receipt.Scope == erasure.Scope && receipt.IsWithdrawal == erasure.IsWithdrawal) is { } known)
        {
            return known;
        }

        // Which texts they were is known until they are out of the files, and only here.
        IReadOnlyCollection<string>? texts = _view.Generator is null ? null : [];
        // Gone from memory and from storage first, so that nothing that starts from now on can use it; only then what is under way is fenced.
        if (!State.Erasing.TryGetValue(number, out var begun))
        {
            (var examples, texts) = _data.Erase(EraseScopes.Of(erasure.Scope), erasure.UpTo, moment);
            State.Erasing.Add(number, begun = new PendingErasure(erasure, examples));
            State.IsWithdrawn |= erasure.IsWithdrawal;
            await StoreAsync();
        }

        await Shard.NoteAsync(_data.CountsFor(moment), hasReceipt: true);
        var tasks = await Population.GetTasksAsync();
        var fences = await Task.WhenAll(tasks.Select(task => GrainFactory.GetGrain<IRoundFence>(task).FenceAsync(_deviceId)));
        await _sessions.EvictAsync(_population, _deviceId);
        await _cleaner.CleanAsync(texts);
        var receipt = new EraseReceipt(
            number,
            erasure.Scope,
            erasure.IsWithdrawal,
            begun.Examples,
            _time.GetUtcNow(),
            null,
            [.. fences.Where(fence => fence.Outcome != EraseFenceOutcome.NotInCohort)],
            await UsedByAsync());
        State.Receipts.Add(receipt);
        State.Erasing.Remove(number);
        await StoreAsync();
        return receipt;
    }

    private async Task<ImmutableArray<DeviceRounds>> UsedByAsync()
    {
        var tasks = await Population.GetAllTasksAsync();
        var used = await Task.WhenAll(tasks.Select(async task =>
            new DeviceRounds(task, await GrainFactory.GetGrain<IRoundCoordinator>(task).GetRoundsOfAsync(_deviceId))));
        return [.. used.Where(rounds => !rounds.Rounds.IsEmpty)];
    }
}
