using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;

namespace Sheaf.Client.Output;

/// <summary>Tasks in words.</summary>
internal static class TaskText
{
    /// <summary>All tasks of a cluster.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="isJson">Whether it is to be JSON.</param>
    /// <returns>A line each.</returns>
    public static string Of(ImmutableArray<TaskEntry> tasks, bool isJson) => isJson
        ? JsonSerializer.Serialize(tasks.Select(task => new { Task = task.Name, Status = Of(task.Status), task.Population, task.Started, task.Changed }), RunJson.Pages) + "\n"
        : tasks.IsEmpty ? "The cluster has no task yet.\n"
        : string.Concat(tasks.Select(task => string.Create(
            CultureInfo.InvariantCulture, $"{task.Name}: {Of(task.Status)} since {task.Changed:u}, started {task.Started:u}, on population {task.Population}\n")));

    /// <summary>How far a task is.</summary>
    /// <param name="name">The task.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="isJson">Whether it is to be JSON.</param>
    /// <returns>A line or two.</returns>
    public static string Of(string name, TaskProgress progress, bool isJson)
    {
        if (isJson)
        {
            return JsonSerializer.Serialize(new { Task = name, Status = Of(progress.Status), progress.Round, progress.Rounds, Phase = progress.Phase.ToString().ToLowerInvariant(), progress.Failure }, RunJson.Pages) + "\n";
        }

        var phase = progress.Phase == RoundPhase.Idle ? "" : $", {progress.Phase.ToString().ToLowerInvariant()}";
        var reason = progress.Failure is { } failure ? $"  {failure}\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {Of(progress.Status)}, round {progress.Round} of {progress.Rounds}{phase}.\n{reason}");
    }

    /// <summary>How far the devices of some rounds came.</summary>
    /// <param name="name">The task.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="shapes">The sessions by shape.</param>
    /// <param name="isJson">Whether it is to be JSON.</param>
    /// <returns>A line, and one for each shape that there was, the most frequent first.</returns>
    public static string Of(string name, int rounds, ImmutableArray<(SessionShape Shape, long Sessions)> shapes, bool isJson)
    {
        var sessions = shapes.Sum(each => each.Sessions);
        if (isJson)
        {
            var each = shapes.Select(shape => new { shape.Shape.Shape, shape.Shape.Outcome, shape.Sessions });
            return JsonSerializer.Serialize(new { Task = name, Rounds = rounds, Sessions = sessions, Shapes = each }, RunJson.Pages) + "\n";
        }

        var head = string.Create(CultureInfo.InvariantCulture, $"{name}: {sessions:N0} sessions in {rounds:N0} rounds.\n");
        return head + string.Concat(shapes.Where(shape => shape.Sessions > 0).OrderByDescending(shape => shape.Sessions).Select(shape => string.Create(
            CultureInfo.InvariantCulture, $"  {shape.Shape.Shape,-7}{shape.Sessions,12:N0}{100.0 * shape.Sessions / sessions,7:F1}%  {shape.Shape.Meaning}\n")));
    }

    /// <summary>What an audit has found.</summary>
    /// <param name="name">The task.</param>
    /// <param name="audit">What was found.</param>
    /// <param name="isJson">Whether it is to be JSON.</param>
    /// <returns>A line, and one for each finding.</returns>
    public static string Of(string name, TaskAudit audit, bool isJson)
    {
        // What examples weigh, or devices: the units are the sums' own.
        var weight = (double)audit.WeightUnits / (1 << 20);
        if (isJson)
        {
            return JsonSerializer.Serialize(new { Task = name, audit.Rounds, audit.Abandoned, audit.Updates, Weight = weight, audit.Findings }, RunJson.Pages) + "\n";
        }

        var counts = string.Create(CultureInfo.InvariantCulture, $"{name}: {audit.Rounds} rounds ({audit.Abandoned} abandoned), {audit.Updates:N0} updates of weight {weight:N2}.");
        return audit.Findings.IsEmpty
            ? $"{counts} All in order; no device counts twice in a round, and each round's weights are those of its devices.\n"
            : $"{counts}\n{string.Concat(audit.Findings.Select(finding => $"  {finding.What}\n"))}";
    }

    /// <summary>A round that is over.</summary>
    /// <param name="record">The round.</param>
    /// <param name="rounds">How many there will be.</param>
    /// <param name="isJson">Whether it is to be JSON.</param>
    /// <returns>A line.</returns>
    public static string Of(RoundRecord record, int rounds, bool isJson)
    {
        if (isJson)
        {
            return JsonSerializer.Serialize(RoundLine.Of(record), RunJson.Lines) + "\n";
        }

        var score = record.Evaluation is { } evaluation
            ? string.Create(CultureInfo.InvariantCulture, $", accuracy {100 * evaluation.Accuracy:F1}%, loss {evaluation.Loss:F3}") : "";
        var attempts = record.Attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $", {record.Attempts} attempts") : "";
        return record.Abandoned is { } reason
            ? string.Create(CultureInfo.InvariantCulture, $"Round {record.Round} of {rounds} is abandoned: {reason}\n")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Round {record.Round} of {rounds}: {record.Outcomes.Trained:N0} of {record.Cohort:N0} devices{score}, {record.Seconds.Values.Sum():F1} s{attempts}\n");
    }

    private static string Of(TaskRunStatus status) => status.ToString().ToLowerInvariant();
}
