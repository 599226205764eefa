using Sheaf.Abstractions;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Security;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Data;
using Sheaf.Client.Models;
using Sheaf.Client.Output;
using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Runs a study once, on a cluster in this process or on one of other processes, to its results.</summary>
/// <param name="display">Shows how it goes.</param>
/// <param name="time">The clock.</param>
/// <param name="surveys">What is known of the data.</param>
/// <param name="detaches">Whether to leave once the cluster has all it needs to go on.</param>
internal sealed class StudyRun(IRunDisplay display, TimeProvider time, DataSurveys surveys, bool detaches = false)
{
    /// <summary>Runs it, or goes on with it after its last committed round.</summary>
    /// <param name="study">The study, resolved and valid, without arms.</param>
    /// <param name="folder">Where its results go.</param>
    /// <param name="cancellationToken">Stops the run; what is committed stays in its folder.</param>
    /// <returns>The rounds and their summary; null when it was left running.</returns>
    /// <exception cref="DataFileException">The data has mistakes.</exception>
    /// <exception cref="RunFailedException">The run could not be finished.</exception>
    public async Task<(IReadOnlyList<RoundRecord> Records, RunSummary Summary)?> RunAsync(
        Study study, RunFolder folder, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            return await RunAsync(study, folder, started, cancellationToken);
        }
        catch (Exception exception) when (StorageFailedException.In(exception) is { IsPassing: true } storage)
        {
            throw new RunFailedException($"{storage.Message} Then go on: {folder.ResumeCommand}", exception);
        }
        catch (Exception exception) when (exception is not (StudyException or DataFileException or RunFailedException or AccessDeniedException or NotEnoughMemoryException or OperationCanceledException)
            && StorageFailedException.In(exception) is null)
        {
            var log = folder.ReadCluster() is null ? $"The log is {folder.LogFile}" : "The logs of the cluster's silos say more";
            var what = $"The run failed ({CommandFailure.Summarize(exception)}). {log}, and --debug shows where.";
            throw new RunFailedException($"{what} Try to go on: {folder.ResumeCommand}", exception);
        }
    }

    private async Task<(IReadOnlyList<RoundRecord> Records, RunSummary Summary)?> RunAsync(
        Study study, RunFolder folder, long started, CancellationToken cancellationToken)
    {
        var ended = folder.IsFinished ? RunResult.Read(folder.Path).Summary : null;
        folder.ClearRounds();
        await using var cluster = await RunCluster.OpenAsync(folder.Path, StudySpecs.NameOf(study), folder.ReadCluster(), cancellationToken);
        var name = cluster.Name;
        var (population, coordinator) = (cluster.Grains.GetGrain<IPopulation>(name), cluster.Grains.GetGrain<IRoundCoordinator>(name));
        var delivery = await BeginAsync(study, folder, name, population, coordinator, cancellationToken);
        await DeliverFirstAsync(study, folder, population, delivery, cancellationToken);
        if (study.Training.Accelerator != TrainingAccelerator.Processor)
        {
            display.Computing(await cluster.Grains.GetGrain<ICluster>(0).GetSilosAsync());
        }

        if (detaches && cluster.Note is { } note)
        {
            display.Detached(note, folder);
            return null;
        }

        var follower = new TaskFollower(coordinator, folder, delivery, time, cluster.IsRemote);
        IReadOnlyList<RoundRecord> records;
        try
        {
            records = await display.TrainingAsync(study, told => follower.FollowAsync(told, cancellationToken));
        }
        catch (OperationCanceledException) when (cluster.Note is { } left)
        {
            display.Detached(left, folder);
            throw;
        }

        if (ended is not null)
        {
            // What was erased since changes what its devices hold, and not how it went.
            return (records, ended);
        }

        var totals = await population.GetTotalsAsync();
        if (await CurrentModel.FindAsync(cluster.Grains, name) is { } model)
        {
            await new ModelFiles(folder.Path).WriteAsync(model, ModelCard.Of(study, model.Description, totals, records, time.GetUtcNow()), cancellationToken);
        }

        folder.WritePeriods(follower.Periods);
        var outcome = new RunOutcome(totals, folder.ReadData(), records, follower.Periods, await coordinator.GetParticipationAsync());
        var summary = RunSummary.Of(study, outcome, time.GetElapsedTime(started));
        if (records.Any(record => record.Evaluation is not null))
        {
            ReportFolder.Write(Report.Of([RunResult.Read(folder.Path) with { Summary = summary }], target: null), folder.Path);
        }

        // Last, because it says that the run is over.
        folder.WriteSummary(summary);
        return (records, summary);
    }

    /// <summary>Registers the population and starts the task, which waits for data. A run that has all its data needs no file any more.</summary>
    private async Task<PopulationDelivery?> BeginAsync(
        Study study, RunFolder folder, string name, IPopulation population, IRoundCoordinator coordinator, CancellationToken cancellationToken)
    {
        var isStarted = (await coordinator.GetProgressAsync(0)).Status != TaskRunStatus.Unknown;
        if (isStarted && await population.GetMomentAsync() is { IsSettled: true } moment && moment.Period >= study.Population.Periods - 1)
        {
            return null;
        }

        // A run that was stopped while its data was delivered delivers it again: devices know the rows they have.
        cancellationToken.ThrowIfCancellationRequested();
        var survey = surveys.Of(study);
        if (survey is not null)
        {
            folder.WriteData(RunData.Of(survey));
        }

        await population.RegisterAsync(StudySpecs.PopulationOf(study, survey, DeviceTrace.Of(study)));
        var classes = TaskVocabulary.ClassesOf(study, survey?.Labels ?? await population.GetLabelsAsync(), survey);
        await coordinator.StartAsync(StudySpecs.TaskOf(study, name, classes));
        return new PopulationDelivery(population, study, survey) { Classes = classes.Length };
    }

    private async Task DeliverFirstAsync(
        Study study, RunFolder folder, IPopulation population, PopulationDelivery? delivery, CancellationToken cancellationToken)
    {
        if (delivery is null || !await delivery.IsDueAsync(study.FirstPeriod))
        {
            return;
        }

        await display.DeliveringAsync(delivery.Rows, told => delivery.DeliverUpToAsync(study.FirstPeriod, told, cancellationToken));
        var totals = await population.GetTotalsAsync();
        display.Delivered(study, totals, delivery.Classes, folder.ReadData());
        if (totals.Examples == 0 && study.Population.Periods == 1)
        {
            throw new RunFailedException(
                $"The population is empty: no device has an example to train on (held out: {totals.HeldOut}). "
                + "Hold fewer out (population.heldOut) or keep more (population.retention), and run it in another folder.");
        }
    }
}
