using System.CommandLine;
using Sheaf.Client.Running;

namespace Sheaf.Client.Commands;

/// <summary>The options that say which run a command is about: its folder, or the task of a cluster.</summary>
internal sealed class RunChoice
{
    private readonly Option<string?> _folder = PathOption.Create("--output", "DIR", "The folder of the run; by default the newest one below runs.");
    private readonly ClusterOption _cluster = new("Instead of a folder: the cluster of the task.");
    private readonly Option<string?> _task = new("--task") { Description = "The task in the cluster, as 'sheaf task list' names it.", HelpName = "NAME" };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(_folder);
        _cluster.AddTo(command);
        command.Add(_task);
        command.Validators.Add(result =>
        {
            var (folder, cluster, task) = (result.GetResult(_folder) is not null, _cluster.IsGiven(result), result.GetResult(_task) is not null);
            if (folder && (cluster || task))
            {
                result.AddError("--output names a run by its folder, --cluster and --task by its name: give one of the two.");
            }
            else if (cluster && !task)
            {
                result.AddError("--cluster: name the task, too, with --task. 'sheaf task list' shows those it has.");
            }
        });
    }

    /// <summary>Opens the run.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunFailedException">There is no such run.</exception>
    public Task<OpenedRun> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) => parsed.GetValue(_task) is { } task
        ? OpenedRun.ConnectAsync(_cluster.Required(parsed), task, cancellationToken)
        : OpenedRun.OpenAsync(parsed.GetValue(_folder), cancellationToken);
}
