using System.Collections.Immutable;
using Sheaf.Abstractions;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;

namespace Sheaf.Client.Running;

/// <summary>Follows a task to its end, and brings each period's data when the rounds of the one before are over.</summary>
/// <param name="coordinator">The task.</param>
/// <param name="folder">Where its rounds are written.</param>
/// <param name="delivery">What brings the data; null when all of it is there.</param>
/// <param name="time">The clock.</param>
/// <param name="isRemote">Whether the task is in a cluster of other processes, which may lose some of them and goes on.</param>
internal sealed class TaskFollower(IRoundCoordinator coordinator, RunFolder folder, PopulationDelivery? delivery, TimeProvider time, bool isRemote = false)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeliveryPatience = TimeSpan.FromMinutes(2);

    private Task _delivered = Task.CompletedTask;
    private long? _undeliveredSince;

    /// <summary>How the periods began that have begun so far.</summary>
    public ImmutableArray<PeriodRecord> Periods { get; private set; } = [];

    /// <summary>Follows it.</summary>
    /// <param name="told">Told how far it is.</param>
    /// <param name="cancellationToken">Stops following.</param>
    /// <returns>Its rounds, once all are over.</returns>
    /// <exception cref="RunFailedException">The task cannot go on.</exception>
    public async Task<IReadOnlyList<RoundRecord>> FollowAsync(
        Action<TaskProgress, IReadOnlyList<RoundRecord>> told, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await FollowToTheEndAsync(told, stop.Token);
        }
        finally
        {
            // It must not go on with a cluster that is being stopped. What it could not do is done when the run goes on.
            await stop.CancelAsync();
            await _delivered.WaitAsync(StopPatience, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<RoundRecord>> FollowToTheEndAsync(
        Action<TaskProgress, IReadOnlyList<RoundRecord>> told, CancellationToken cancellationToken)
    {
        var records = new List<RoundRecord>();
        while (true)
        {
            var progress = await AskAsync(records.Count, cancellationToken);
            Periods = progress.Periods;
            foreach (var record in progress.Records)
            {
                records.Add(record);
                folder.AppendRound(record);
            }

            told(progress, records);
            if (IsOver(progress, records.Count))
            {
                await _delivered.WaitAsync(cancellationToken);
                return records;
            }

            // Opening a period takes as long as its scoring: what the task says meanwhile must be heard, above all that it cannot go on.
            if (delivery is not null && _delivered.IsCompleted)
            {
                await EnsureDeliveredAsync();
                _delivered = delivery.DeliverAfterAsync(records.Count, cancellationToken);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    // A cluster that does without a silo, or without its database, for a while gets the same rows again; what else is wrong does not pass.
    private async Task EnsureDeliveredAsync()
    {
        try
        {
            await _delivered;
            _undeliveredSince = null;
        }
        catch (Exception exception) when (isRemote
            && (exception is OrleansException or TimeoutException || StorageFailedException.In(exception) is { IsPassing: true })
            && time.GetElapsedTime(_undeliveredSince ??= time.GetTimestamp()) < DeliveryPatience)
        {
            // The next try follows.
        }
    }

    private Task<TaskProgress> AskAsync(int afterRound, CancellationToken cancellationToken) => isRemote
        ? PatientCalls.AskAsync(() => coordinator.GetProgressAsync(afterRound), time, cancellationToken)
        : coordinator.GetProgressAsync(afterRound).WaitAsync(cancellationToken);

    private bool IsOver(TaskProgress progress, int rounds)
    {
        switch (progress.Status)
        {
            case TaskRunStatus.Failed or TaskRunStatus.Cancelled:
                var reason = progress.Failure?.TrimEnd('.') ?? "it was cancelled";
                var log = isRemote ? "The logs of the cluster's silos say more." : $"The log is {folder.LogFile}.";
                throw new RunFailedException($"The run stopped after round {progress.Round} of {progress.Rounds}: {reason}. {log}");
            case TaskRunStatus.Running when !isRemote && progress.Failure is { } stall:
                throw new RunFailedException($"The run stopped after round {rounds} of {progress.Rounds}. {stall} Then go on: {folder.ResumeCommand}");
            default:
                return progress.Status == TaskRunStatus.Completed && rounds == progress.Rounds;
        }
    }
}
