using System.Globalization;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Naming;
using Sheaf.Client.Reports;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Spectre.Console;

namespace Sheaf.Client.Output;

/// <summary>Shows a run in a terminal: a progress bar, then a table, then where the results are.</summary>
/// <param name="console">The terminal.</param>
internal sealed class ConsoleDisplay(IAnsiConsole console) : IRunDisplay
{
    private const int TableRowsMax = 30;
    private const int UntrainedShown = 5;

    // Short enough for eighty columns, the width of a file.
    private static readonly (RoundPhase Phase, string Header)[] Phases =
    [
        (RoundPhase.Select, "select"),
        (RoundPhase.Configure, "config"),
        (RoundPhase.Train, "train"),
        (RoundPhase.Aggregate, "aggr"),
        (RoundPhase.Commit, "commit"),
        (RoundPhase.Evaluate, "eval"),
    ];

    /// <inheritdoc/>
    public Task<T> DeliveringAsync<T>(long? rows, Func<Action<long>, Task<T>> deliver) => NewProgress(isTimed: rows is not null).StartAsync(context =>
    {
        var task = context.AddTask("Delivering the data to its devices", maxValue: rows ?? 1);
        task.IsIndeterminate = rows is null;
        return deliver(arrived => task.Value = arrived).ContinueWith(
            delivered =>
            {
                task.Value = task.MaxValue;
                return delivered;
            },
            TaskScheduler.Default).Unwrap();
    });

    /// <inheritdoc/>
    public void Delivered(Study study, PopulationTotals totals, int classes, RunData? data)
    {
        var kinds = study.Task.Type == TaskType.NextWord ? "words, all others being one of them" : "labels";
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[bold]{study.Name}[/]: {totals.ActiveDevices:N0} devices hold {totals.Examples:N0} examples to train on and {totals.HeldOut:N0} held out, of {classes:N0} {kinds}. Seed {study.Seed}.");
        if (data is { Unlabelled: > 0 and var unlabelled })
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{unlabelled:N0} rows of the file have no label and were left out.");
        }

        if (data is { Rows: var rows } && study.FirstPeriod == study.Population.Periods - 1 && rows - totals.Examples - totals.HeldOut is > 0 and var dropped)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{dropped:N0} rows of the file were not kept: population.retention says so.");
        }

        if (data is { UntrainedLabels: { Count: > 0 } untrained })
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture,
                $"{untrained.Count} of the labels are in held-out rows only, so no device can learn them: {Quoting.List(untrained, UntrainedShown)}.");
        }

        // Where no labels are read, all are alike, which says nothing.
        var readsLabels = study.Task.Type == TaskType.Classification || study.Population.File?.Partition.Kind == PartitionKind.LabelDirichlet;
        if (totals.LabelDivergence is { } bits && readsLabels)
        {
            console.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"Their labels differ by {bits:0.000} (mean pairwise Jensen–Shannon divergence; 0: alike, 1: disjoint).");
        }
    }

    /// <inheritdoc/>
    public Task<T> TrainingAsync<T>(Study study, Func<Action<TaskProgress, IReadOnlyList<RoundRecord>>, Task<T>> train) => NewProgress(isTimed: true).StartAsync(context =>
    {
        var task = context.AddTask("Starting", maxValue: study.RoundsInAll);
        return train((progress, records) =>
        {
            task.Description = Describe(study, progress, records);
            task.Value = records.Count;
        });
    });

    /// <inheritdoc/>
    public void Computing(IReadOnlyCollection<SiloDescription> silos)
    {
        var accelerated = silos.Where(silo => silo.Status == "Active" && silo.Accelerators != SiloFacts.NoAccelerator).ToArray();
        console.Profile.Out.Writer.WriteLine(accelerated.Length == 0
            ? "Computed on processors: no silo has the accelerator that training.accelerator asks for."
            : $"Computed on accelerators: {string.Join("; ", accelerated.Select(silo => $"{silo.Accelerators} of {silo.Name}"))}.");
    }

    /// <inheritdoc/>
    public void Detached(ClusterNote note, RunFolder folder) => console.Profile.Out.Writer.WriteLine(
        $"The task {note.Task} goes on in {note.Cluster}. Watch it: sheaf task watch {note.Task} --cluster {note.Cluster}\nFetch its results: {folder.ResumeCommand}");

    /// <inheritdoc/>
    public void Beginning(PlannedRun run, int number, int count, bool isOver)
    {
        var arm = run.Arm.Length > 0 ? $"arm {run.Arm}, " : "";
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]Run {number} of {count}[/]: {arm}seed {run.Study.Seed}{(isOver ? " has ended before" : "")}");
    }

    /// <inheritdoc/>
    public void Ended(RunSummary summary) => Conclude(summary);

    /// <inheritdoc/>
    public void Finished(Report report, StudySummary summary, RunFolder folder)
    {
        console.Write(ReportView.TableOf(report));
        Locate(folder, $"{(report.IsEvaluated ? "report.html, " : "")}summary.json, study.json");
    }

    /// <inheritdoc/>
    public void Finished(IReadOnlyList<RoundRecord> records, RunSummary summary, RunFolder folder)
    {
        var table = new Table().Border(TableBorder.Simple).Caption("from select to eval: seconds in each phase");
        var isLanguage = summary.Metrics?.Perplexity is not null;
        foreach (var column in (string[])["round", "cohort", "reported", isLanguage ? "perplexity" : "accuracy", "loss", .. Phases.Select(phase => phase.Header)])
        {
            table.AddColumn(new TableColumn(column).RightAligned().NoWrap().Padding(0, 0));
        }

        // A long run shows evenly spaced rounds, the last one always among them; rounds.jsonl has all.
        var step = (records.Count + TableRowsMax - 1) / TableRowsMax;
        foreach (var record in records.Where(record => (records.Count - record.Round) % step == 0))
        {
            table.AddRow([.. Cells(record, isLanguage)]);
        }

        console.Write(table);
        Conclude(summary);
        Locate(folder, "report.html, summary.json, rounds.jsonl, study.json");
    }

    private static string Describe(Study study, TaskProgress progress, IReadOnlyList<RoundRecord> records)
    {
        var scored = records.LastOrDefault(record => record.Evaluation is not null)?.Evaluation is { } score ? RunMetrics.Of(study, score) : null;
        var shown = scored is null ? "" : $" · {NameOf(scored).ToLowerInvariant()} {Short(scored)}";
        return $"Round {Math.Max(1, progress.Round)}/{progress.Rounds} · {progress.Phase.ToString().ToLowerInvariant(),-9}{shown}";
    }

    private static IEnumerable<string> Cells(RoundRecord record, bool isLanguage)
    {
        var culture = CultureInfo.InvariantCulture;
        yield return record.Round.ToString(culture);
        yield return record.Cohort.ToString(culture);
        yield return record.Abandoned is null ? record.Outcomes.Trained.ToString(culture) : "abandoned";
        yield return record.Evaluation is not { } score ? "" : isLanguage ? RunMetrics.PerplexityOf(score.Loss).ToString("F1", culture) : Percent(score.Accuracy);
        yield return record.Evaluation?.Loss.ToString("F3", culture) ?? "";
        foreach (var (phase, _) in Phases)
        {
            yield return record.Seconds.TryGetValue(phase, out var seconds) ? seconds.ToString("F2", culture) : "";
        }
    }

    // A language model's perplexity, another's accuracy.
    private static string NameOf(RunMetrics metrics) => metrics.Perplexity is null ? "Accuracy" : "Perplexity";

    private static string Short(RunMetrics? metrics) => metrics switch
    {
        null => "–",
        { Perplexity: { } perplexity } => perplexity.ToString("F1", CultureInfo.InvariantCulture),
        _ => Percent(metrics.Accuracy),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1}%");

    private void Conclude(RunSummary summary)
    {
        Conclude(summary.Prequential, "new examples, before anybody trained on them");
        Conclude("on new examples by period, from the second", summary.Periods.Skip(1).Select(period => period.Prequential));
        Conclude(summary.Metrics, "examples that no device trained on");
        Conclude("by tenth of the devices, the most active last", summary.Groups.Select(group => group.Metrics));
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{summary.Rounds} rounds ({summary.RoundsAbandoned} abandoned), {summary.Updates:N0} updates, {summary.UpdatesPerSecond:N0} a second; {summary.ElapsedSeconds:F1} s in all.");
        if (summary.VirtualHours is { } hours)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"By the virtual clock the rounds took {hours:N1} hours.");
        }
    }

    private void Conclude(RunMetrics? metrics, string what)
    {
        if (metrics is null)
        {
            return;
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[bold]{metrics.Describe()}[/], on {what}.");
    }

    private void Conclude(string what, IEnumerable<RunMetrics?> parts)
    {
        var shown = parts.ToList();
        if (shown.OfType<RunMetrics>().FirstOrDefault() is { } any)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{NameOf(any)} {what}: {string.Join(' ', shown.Select(Short))}.");
        }
    }

    // Not through the console, which would break a long path into lines.
    private void Locate(RunFolder folder, string files) => console.Profile.Out.Writer.WriteLine($"Results: {folder.Path} ({files})");

    // Where nobody knows how much there is, nobody knows how long it takes.
    private Progress NewProgress(bool isTimed) => console.Progress().Columns(
    [
        new TaskDescriptionColumn { Alignment = Justify.Left },
        new ProgressBarColumn(),
        new PercentageColumn(),
        .. isTimed ? (ProgressColumn[])[new RemainingTimeColumn()] : [],
    ]);
}
