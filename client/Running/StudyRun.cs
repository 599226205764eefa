using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Data;
using Sheaf.Client.Output;
using Sheaf.Client.Reports;
using Sheaf.Client.Studies;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Running;

/// <summary>Runs one study on an embedded cluster, from its file to its results.</summary>
/// <param name="display">Shows how it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class StudyRun(IRunDisplay display, TimeProvider time)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs a study.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="cancellationToken">Stops the run; what is committed stays in its folder.</param>
    /// <returns>The summary.</returns>
    /// <exception cref="StudyException">The study has mistakes.</exception>
    /// <exception cref="DataFileException">The data has mistakes.</exception>
    /// <exception cref="RunFailedException">The run could not start, or could not be finished.</exception>
    public async Task<RunSummary> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (study, survey, opened) = options.Resume ? Reopen(options) : Prepare(options);
        using var folder = opened;
        await using var cluster = await EmbeddedCluster.StartAsync(folder.Path, cancellationToken);
        var name = StudySpecs.NameOf(study);
        var (population, coordinator) = (cluster.Grains.GetGrain<IPopulation>(name), cluster.Grains.GetGrain<IRoundCoordinator>(name));
        var isStarted = (await coordinator.GetProgressAsync(0)).Status != TaskRunStatus.Unknown;
        var totals = isStarted
            ? await population.SealAsync(await population.GetTimeAsync())
            : await BeginAsync(study, survey, population, coordinator, cancellationToken);

        var records = await display.TrainingAsync(study, told => FollowAsync(coordinator, folder, told, cancellationToken));
        var summary = RunSummary.Of(study, totals, records, time.GetElapsedTime(started));
        folder.WriteSummary(summary);
        if (records.Any(record => record.Evaluation is not null))
        {
            ReportFolder.Write(Report.Of(RunResult.ReadAll([folder.Path]), target: null), folder.Path);
        }

        display.Finished(records, summary, folder);
        return summary;
    }

    private (Study Study, DataSurvey? Survey, RunFolder Folder) Prepare(RunOptions options)
    {
        var study = Resolve(options);
        TaskVocabulary.EnsureReadable(study);
        var survey = PopulationDelivery.Survey(study);
        EnsureRight(options, study, survey?.Labels.Length);
        var folder = RunFolder.Create(options.Output ?? DefaultFolder(study));
        folder.WriteStudy(study);
        return (study, survey, folder);
    }

    private static (Study Study, DataSurvey? Survey, RunFolder Folder) Reopen(RunOptions options)
    {
        var folder = RunFolder.Reopen(options.Output, unfinishedOnly: true);
        try
        {
            var study = StudyCatalog.Find(folder.StudyFile);
            folder.ClearRounds();
            return (study, null, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private async Task<PopulationTotals> BeginAsync(
        Study study, DataSurvey? survey, IPopulation population, IRoundCoordinator coordinator, CancellationToken cancellationToken)
    {
        // A run that was stopped while its data was delivered delivers it again: devices know the rows they have.
        survey ??= PopulationDelivery.Survey(study);
        var delivery = new PopulationDelivery(population, study);
        var (totals, labels) = await display.DeliveringAsync(survey?.Rows, told => delivery.DeliverAsync(survey, told, cancellationToken));
        var classes = TaskVocabulary.ClassesOf(study, labels, survey);
        display.Delivered(study, totals, classes.Length, survey?.Unlabelled ?? 0);
        await coordinator.StartAsync(StudySpecs.TaskOf(study, classes));
        return totals;
    }

    private static Study Resolve(RunOptions options)
    {
        var study = StudyCatalog.Find(options.Study, options.Overrides);
        if (options.Data is { } data)
        {
            study = study.WithData(data);
        }

        study = study with { Seed = options.Seed ?? study.Seed };
        EnsureRight(options, study, null);
        return study;
    }

    private static void EnsureRight(RunOptions options, Study study, int? labels)
    {
        var mistakes = StudyValidator.ValidateToRun(study, labels);
        if (mistakes.Count > 0)
        {
            throw new StudyException(options.Study, mistakes);
        }
    }

    private string DefaultFolder(Study study) => RunFolder.DefaultPath(
        string.Create(CultureInfo.InvariantCulture, $"{StudySpecs.NameOf(study)}-{time.GetLocalNow():yyyyMMdd-HHmmss}"));

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
