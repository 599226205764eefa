using System.CommandLine;
using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Output;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary><c>sheaf task list|show|watch|shapes|audit|pause|resume|cancel</c>: the tasks of a cluster.</summary>
internal static class TaskCommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes the command.</summary>
    /// <param name="output">Where results go.</param>
    /// <param name="guard">Turns errors into exit codes.</param>
    /// <returns>The command.</returns>
    public static Command Create(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard) => new("task", "See the tasks of a cluster, watch one, or stop it.")
    {
        NewList(output, guard),
        NewVerb("show", "Show how far a task is.", guard, async call => output.Write(TaskText.Of(call.Name, await call.ProgressAsync(0), call.Json))),
        NewVerb("watch", "Follow a task: a line for every round that is over, until the task has ended.", guard, call => WatchAsync(call, output)),
        NewVerb("shapes", "Show how far the devices of a task's rounds came: the shapes of their sessions.", guard, call => ShapesAsync(call, output)),
        NewVerb("audit", "Check a task's ledger: rounds in order, no device twice, weights that add up.", guard, call => AuditAsync(call, output)),
        NewVerb("pause", "Stop a task until it is resumed. The round under way is given up and is run again then.", guard, call => ChangeAsync(call, output, task => task.PauseAsync())),
        NewVerb("resume", "Let a paused task go on.", guard, call => ChangeAsync(call, output, task => task.ResumeAsync())),
        NewVerb("cancel", "End a task. What is committed stays.", guard, call => ChangeAsync(call, output, task => task.CancelAsync())),
    };

    private static Command NewList(TextWriter output, Func<Func<Task>, CancellationToken, Task<int>> guard)
    {
        var cluster = new ClusterOption($"The cluster; by default the one in {ClusterOption.Variable}.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var list = new Command("list", "Show the tasks of a cluster.") { json };
        cluster.AddTo(list);
        list.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var remote = await RemoteCluster.ConnectAsync(cluster.Required(parsed), cancellationToken);
                var tasks = await remote.Grains.GetGrain<ICluster>(0).GetTasksAsync().WaitAsync(cancellationToken);
                output.Write(TaskText.Of(tasks, parsed.GetValue(json)));
            },
            cancellationToken));
        return list;
    }

    private static Command NewVerb(string name, string description, Func<Func<Task>, CancellationToken, Task<int>> guard, Func<TaskCall, Task> act)
    {
        var task = new Argument<string>("TASK") { Description = "The task, as 'sheaf task list' names it." };
        var cluster = new ClusterOption($"The cluster; by default the one in {ClusterOption.Variable}.");
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var verb = new Command(name, description) { task, json };
        cluster.AddTo(verb);
        verb.SetAction((parsed, cancellationToken) => guard(
            async () =>
            {
                await using var remote = await RemoteCluster.ConnectAsync(cluster.Required(parsed), cancellationToken);
                var named = parsed.GetValue(task)!;
                try
                {
                    await act(new TaskCall(named, remote.Grains.GetGrain<IRoundCoordinator>(named), parsed.GetValue(json), cancellationToken));
                }
                catch (InvalidOperationException exception)
                {
                    throw new RunFailedException(exception.Message);
                }
            },
            cancellationToken));
        return verb;
    }

    private static async Task ShapesAsync(TaskCall call, TextWriter output)
    {
        var records = new List<RoundRecord>();
        for (var progress = await call.ProgressAsync(0); !progress.Records.IsEmpty; progress = await call.ProgressAsync(progress.Records[^1].Round))
        {
            records.AddRange(progress.Records);
        }

        output.Write(TaskText.Of(call.Name, records.Count, SessionShapes.Count(records.Select(record => record.Outcomes)), call.Json));
    }

    private static async Task AuditAsync(TaskCall call, TextWriter output)
    {
        await call.ProgressAsync(0);
        var audit = await PatientCalls.AskAsync(call.Task.AuditAsync, TimeProvider.System, call.CancellationToken);
        output.Write(TaskText.Of(call.Name, audit, call.Json));
        if (!audit.Findings.IsEmpty)
        {
            throw new RunFailedException($"The ledger of task '{call.Name}' is not in order: {audit.Findings.Length} findings.");
        }
    }

    private static async Task ChangeAsync(TaskCall call, TextWriter output, Func<IRoundCoordinator, Task> change)
    {
        // A task that is not there must be said to be missing before anything is asked of it.
        await call.ProgressAsync(0);
        await change(call.Task).WaitAsync(call.CancellationToken);
        output.Write(TaskText.Of(call.Name, await call.ProgressAsync(0), call.Json));
    }

    private static async Task WatchAsync(TaskCall call, TextWriter output)
    {
        var (rounds, status) = (0, TaskRunStatus.Unknown);
        while (true)
        {
            var progress = await call.ProgressAsync(rounds);
            foreach (var record in progress.Records)
            {
                output.Write(TaskText.Of(record, progress.Rounds, call.Json));
                rounds = record.Round;
            }

            if (progress.Status != status && !call.Json)
            {
                output.Write(TaskText.Of(call.Name, progress, isJson: false));
                status = progress.Status;
            }

            if (progress.Status is not (TaskRunStatus.Running or TaskRunStatus.Paused) && progress.Records.IsEmpty)
            {
                return;
            }

            await Task.Delay(WatchInterval, TimeProvider.System, call.CancellationToken);
        }
    }

    /// <summary>One call of a verb.</summary>
    private sealed record TaskCall(string Name, IRoundCoordinator Task, bool Json, CancellationToken CancellationToken)
    {
        public async Task<TaskProgress> ProgressAsync(int afterRound)
        {
            var progress = await PatientCalls.AskAsync(() => Task.GetProgressAsync(afterRound), TimeProvider.System, CancellationToken);
            return progress.Status != TaskRunStatus.Unknown ? progress
                : throw new RunFailedException($"The cluster has no task '{Name}'. 'sheaf task list' shows those it has.");
        }
    }
}
