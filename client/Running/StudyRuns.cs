using System.Globalization;
using System.Security.Cryptography;
using Sheaf.Client.Clusters;
using Sheaf.Client.Data;
using Sheaf.Client.Naming;
using Sheaf.Client.Output;
using Sheaf.Client.Reports;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>Runs a study: all its arms with all its seeds, one after another, each on a cluster of its own in this process, or all on one that is named.</summary>
/// <param name="display">Shows how it goes.</param>
/// <param name="time">The clock.</param>
internal sealed class StudyRuns(IRunDisplay display, TimeProvider time)
{
    private readonly DataSurveys _surveys = new();

    /// <summary>Runs a study, or goes on with one: runs that have ended are kept, the one that was stopped is resumed, the others follow.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="cancellationToken">Stops the study; what is committed stays in its folders.</param>
    /// <returns>When everything has been run, written and shown.</returns>
    /// <exception cref="StudyException">The study has mistakes.</exception>
    /// <exception cref="DataFileException">The data has mistakes.</exception>
    /// <exception cref="RunFailedException">A run could not start, or could not be finished.</exception>
    public async Task RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var (study, plan, opened) = options.Resume ? Reopen(options) : Prepare(options);
        using var folder = opened;
        var run = new StudyRun(display, time, _surveys, options.Detaches);
        if (plan.IsSingle)
        {
            if (await run.RunAsync(plan.Runs[0].Study, folder, cancellationToken) is var (records, summary))
            {
                display.Finished(records, summary, folder);
            }

            return;
        }

        var hasLeft = false;

        foreach (var (at, planned) in plan.Runs.Index())
        {
            using var part = folder.Below(planned.Folder);
            display.Beginning(planned, at + 1, plan.Runs.Count, isOver: part.IsFinished);
            if (!part.IsFinished)
            {
                if (folder.ReadCluster() is { } cluster && part.ReadCluster() is null)
                {
                    part.WriteCluster(NoteOf(planned, cluster));
                }

                part.WriteStudy(planned.Study);
                if (await run.RunAsync(planned.Study, part, cancellationToken) is var (_, summary))
                {
                    display.Ended(summary);
                }
                else
                {
                    hasLeft = true;
                }
            }
        }

        if (!hasLeft)
        {
            Conclude(study, plan, folder);
        }
    }

    /// <summary>Gives a run on a cluster of other processes a name there that no other run has.</summary>
    private static ClusterNote NoteOf(PlannedRun planned, ClusterNote cluster)
    {
        var arm = planned.Arm.Length > 0 ? $"-{StudySpecs.Letters(planned.Arm)}" : "";
        return cluster with { Task = $"{StudySpecs.NameOf(planned.Study)}{arm}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}" };
    }

    private void Conclude(Study study, StudyPlan plan, RunFolder folder)
    {
        var results = plan.Runs.Select(run => RunResult.Read(Path.Combine(folder.Path, run.Folder))).ToList();
        var report = Report.Of(results, target: null);
        if (report.IsEvaluated)
        {
            ReportFolder.Write(report, folder.Path);
        }

        var summary = StudySummary.Of(study, report);
        folder.WriteSummary(summary);
        display.Finished(report, summary, folder);
    }

    private (Study Study, StudyPlan Plan, RunFolder Folder) Prepare(RunOptions options)
    {
        var study = Resolve(options);
        var plan = StudyPlan.Of(study);
        EnsureRight(options, plan, _ => null);
        EnsureRight(options, plan, _surveys.Of);
        var folder = RunFolder.Create(options.Output ?? DefaultFolder(plan.IsSingle ? StudySpecs.NameOf(plan.Runs[0].Study) : study.Name));
        if (options.Cluster is { } cluster)
        {
            // Before the study, which makes the folder one to go on with: it must not go on in this process.
            var note = new ClusterNote(cluster.ToString(), "", cluster.Tls);
            folder.WriteCluster(plan.IsSingle ? NoteOf(plan.Runs[0], note) : note);
        }

        folder.WriteStudy(plan.IsSingle ? plan.Runs[0].Study : study);
        return (study, plan, folder);
    }

    private static (Study Study, StudyPlan Plan, RunFolder Folder) Reopen(RunOptions options)
    {
        var folder = RunFolder.Reopen(options.Output, unfinishedOnly: true);
        try
        {
            var study = StudyCatalog.Find(folder.StudyFile);
            return (study, StudyPlan.Of(study), folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static Study Resolve(RunOptions options)
    {
        var study = StudyCatalog.Find(options.Study, options.Overrides);
        study = options.Data is { } data ? study.WithData(data) : study;
        if (options.Arms is not { Count: > 0 } chosen)
        {
            return study;
        }

        var names = study.Arms.Select(arm => arm.Name).ToList();
        var unknown = chosen.Except(names).ToList();
        return unknown.Count == 0
            ? study with { Arms = [.. study.Arms.Where(arm => chosen.Contains(arm.Name))] }
            : throw new StudyException(options.Study, [.. unknown.Select(name => UnknownArm(name, names))]);
    }

    private static StudyMistake UnknownArm(string name, List<string> names) => new(
        "arms",
        $"there is no arm '{Quoting.Shorten(name)}'",
        names.Count == 0 ? "The study has no arms: leave --arm out."
            : NearestName.Find(name, names) is { } nearest ? $"Did you mean '{nearest}'?" : $"The arms are {Quoting.List(names)}.");

    private static void EnsureRight(RunOptions options, StudyPlan plan, Func<Study, DataSurvey?> surveyOf)
    {
        var mistakes = plan.Validate(surveyOf);
        if (mistakes.Count > 0)
        {
            throw new StudyException(options.Study, mistakes);
        }
    }

    private string DefaultFolder(string name) =>
        RunFolder.DefaultPath(string.Create(CultureInfo.InvariantCulture, $"{name}-{time.GetLocalNow():yyyyMMdd-HHmmss}"));
}
