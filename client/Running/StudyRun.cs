using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Data;
using Sheaf.Client.Output;
using Sheaf.Client.Reports;
using Sheaf.Client.Studies;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Running;

/// <summary>Runs a study once, on an embedded cluster, to its results.</summary>
/// <param name="display">Shows how it goes.</param>
/// <param name="time">The clock.</param>
/// <param name="surveys">What is known of the data.</param>
internal sealed class StudyRun(IRunDisplay display, TimeProvider time, DataSurveys surveys)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it, or goes on with it after its last committed round.</summary>
    /// <param name="study">The study, resolved and valid, without arms.</param>
    /// <param name="folder">Where its results go.</param>
    /// <param name="cancellationToken">Stops the run; what is committed stays in its folder.</param>
    /// <returns>The rounds and their summary.</returns>
    /// <exception cref="DataFileException">The data has mistakes.</exception>
    /// <exception cref="RunFailedException">The run could not be finished.</exception>
    public async Task<(IReadOnlyList<RoundRecord> Records, RunSummary Summary)> RunAsync(
        Study study, RunFolder folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        folder.ClearRounds();
        await using var cluster = await EmbeddedCluster.StartAsync(folder.Path, cancellationToken);
        var name = StudySpecs.NameOf(study);
        var (population, coordinator) = (cluster.Grains.GetGrain<IPopulation>(name), cluster.Grains.GetGrain<IRoundCoordinator>(name));
        var isStarted = (await coordinator.GetProgressAsync(0)).Status != TaskRunStatus.Unknown;
        var totals = isStarted
            ? await population.SealAsync(await population.GetTimeAsync())
            : await BeginAsync(study, population, coordinator, cancellationToken);

        var records = await display.TrainingAsync(study, told => FollowAsync(coordinator, folder, told, cancellationToken));
        if (records.Any(record => record.Evaluation is not null))
        {
            var result = RunResult.Read(folder.Path) with { IsFinished = true };
            ReportFolder.Write(Report.Of([result], target: null), folder.Path);
        }

        var summary = RunSummary.Of(study, totals, records, time.GetElapsedTime(started));
        folder.WriteSummary(summary);
        return (records, summary);
    }

    private async Task<PopulationTotals> BeginAsync(
        Study study, IPopulation population, IRoundCoordinator coordinator, CancellationToken cancellationToken)
    {
        // A run that was stopped while its data was delivered delivers it again: devices know the rows they have.
        var survey = surveys.Of(study);
        var delivery = new PopulationDelivery(population, study);
        var (totals, labels) = await display.DeliveringAsync(survey?.Rows, told => delivery.DeliverAsync(survey, told, cancellationToken));
        display.Delivered(study, totals, labels.Length, survey?.Unlabelled ?? 0);
        await coordinator.StartAsync(StudySpecs.TaskOf(study, labels));
        return totals;
    }

    private async Task<IReadOnlyList<RoundRecord>> FollowAsync(
        IRoundCoordinator coordinator, RunFolder folder, Action<TaskProgress, IReadOnlyList<RoundRecord>> told, CancellationToken cancellationToken)
    {
        var records = new List<RoundRecord>();
        while (true)
        {
            var progress = await coordinator.GetProgressAsync(records.Count).WaitAsync(cancellationToken);
            foreach (var record in progress.Records)
            {
                records.Add(record);
                folder.AppendRound(record);
            }

            told(progress, records);
            switch (progress.Status)
            {
                case TaskRunStatus.Completed when records.Count == progress.Rounds:
                    return records;
                case TaskRunStatus.Failed or TaskRunStatus.Cancelled:
                    throw new RunFailedException(
                        $"The run stopped after round {progress.Round} of {progress.Rounds}: {progress.Failure ?? "it was cancelled"}. The log is {folder.LogFile}.");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }
}
