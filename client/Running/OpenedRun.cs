using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Models;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Clusters;
using Sheaf.Client.Models;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>A run that was begun, opened again to look at it or to change what it holds: one of a folder, or a task of a cluster that is named.</summary>
internal sealed class OpenedRun : IAsyncDisposable
{
    private readonly RunFolder? _folder;
    private readonly RunCluster _cluster;

    private readonly string _population;

    private OpenedRun(RunFolder? folder, Study study, RunCluster cluster, string? population = null) =>
        (_folder, Study, _cluster, _population) = (folder, study, cluster, population ?? cluster.Name);

    /// <summary>The run's study; of a task without a folder as much of it as the task knows.</summary>
    public Study Study { get; }

    /// <summary>The name of its task, which is that of its population, too, unless somebody else has started it.</summary>
    public string Name => _cluster.Name;

    /// <summary>Its population.</summary>
    public IPopulation Population => _cluster.Grains.GetGrain<IPopulation>(_population);

    /// <summary>Where the run is; null when it has no folder here.</summary>
    public string? Path => _folder?.Path;

    /// <summary>What scores its model on examples of our own.</summary>
    public IModelScorer Scorer => _cluster.Grains.GetGrain<IModelScorer>(Name);

    /// <summary>Its task.</summary>
    public IRoundCoordinator Coordinator => _cluster.Grains.GetGrain<IRoundCoordinator>(Name);

    /// <summary>Opens a run of a folder.</summary>
    /// <param name="path">Its folder; null for the newest one below <c>runs</c>.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunFailedException">There is no such run, it is still running, or its data never arrived.</exception>
    public static async Task<OpenedRun> OpenAsync(string? path, CancellationToken cancellationToken)
    {
        var folder = RunFolder.Reopen(path, unfinishedOnly: false);
        try
        {
            var study = StudyCatalog.Find(folder.StudyFile);
            var plan = StudyPlan.Of(study);
            if (!plan.IsSingle)
            {
                var example = System.IO.Path.Combine(folder.Path, plan.Runs[0].Folder);
                throw new RunFailedException($"'{folder.Path}' has {plan.Runs.Count} runs. Name one of them with --output, for example {example}.");
            }

            var run = new OpenedRun(folder, study, await RunCluster.OpenAsync(folder.Path, StudySpecs.NameOf(study), folder.ReadCluster(), cancellationToken));
            if (await run.Population.GetSpecAsync() is not null)
            {
                return run;
            }

            await run.DisposeAsync();
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        throw new RunFailedException($"The run in '{folder.Path}' was stopped before its data arrived. Go on with it: {folder.ResumeCommand}");
    }

    /// <summary>Opens a task of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="task">The task.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunFailedException">The cluster cannot be reached, or has no such task.</exception>
    public static async Task<OpenedRun> ConnectAsync(ClusterAddress cluster, string task, CancellationToken cancellationToken)
    {
        var remote = await RunCluster.ConnectAsync(new ClusterNote(cluster.ToString(), task, cluster.Tls), cancellationToken);
        try
        {
            var spec = await remote.Grains.GetGrain<IRoundCoordinator>(task).GetSpecAsync()
                ?? throw new RunFailedException($"The cluster has no task '{task}'. 'sheaf task list' shows those it has.");
            return new OpenedRun(null, Study.OfTask(task, spec), remote, spec.Population);
        }
        catch
        {
            await remote.DisposeAsync();
            throw;
        }
    }

    /// <summary>How much its population holds now.</summary>
    /// <returns>The totals.</returns>
    public Task<PopulationTotals> TotalsAsync() => Population.GetTotalsAsync();

    /// <summary>Its current model.</summary>
    /// <returns>The model.</returns>
    /// <exception cref="RunFailedException">It has none yet.</exception>
    public async Task<CurrentModel> ModelAsync() => await CurrentModel.FindAsync(_cluster.Grains, Name)
        ?? throw new RunFailedException($"{Who} has no model yet: {(_folder is null ? "its training has not begun" : "it was stopped before its training began")}. {Resume}");

    /// <summary>Its rounds that are over.</summary>
    /// <returns>All of them, ascending.</returns>
    public async Task<IReadOnlyList<RoundRecord>> RecordsAsync()
    {
        var records = new List<RoundRecord>();
        while (await Coordinator.GetProgressAsync(records.Count) is { Records: { IsEmpty: false } more })
        {
            records.AddRange(more);
        }

        return records;
    }

    /// <summary>Has its devices score the current model.</summary>
    /// <param name="cancellationToken">Stops waiting for them.</param>
    /// <returns>The score.</returns>
    /// <exception cref="RunFailedException">The run has not ended, no device holds anything out, or the devices could not be reached.</exception>
    public async Task<EvaluationRecord> EvaluateAsync(CancellationToken cancellationToken)
    {
        var progress = await Coordinator.GetProgressAsync(0);
        if (progress.Status == TaskRunStatus.Running)
        {
            throw new RunFailedException($"{Who} has not ended: it is at round {progress.Round} of {progress.Rounds}. {Resume}");
        }

        try
        {
            return await Coordinator.EvaluateAsync().WaitAsync(cancellationToken)
                ?? throw new RunFailedException($"No device of {Who} holds an example that was held out. Score the model on a file with --data.");
        }
        catch (InvalidOperationException exception)
        {
            throw new RunFailedException($"{exception.Message} {(_folder is null ? "The logs of the cluster's silos say more." : $"The log is {_folder.LogFile}.")}");
        }
    }

    /// <summary>One of its devices.</summary>
    /// <param name="deviceId">The device's id.</param>
    /// <returns>The device.</returns>
    public IDevice Device(string deviceId) => _cluster.Grains.GetGrain<IDevice>(DeviceKey.Of(_population, deviceId));

    /// <summary>Which committed rounds used a device's data.</summary>
    /// <param name="deviceId">The device's id.</param>
    /// <returns>The rounds.</returns>
    public async Task<DeviceRounds> LineageAsync(string deviceId) => new(Name, await Coordinator.GetRoundsOfAsync(deviceId));

    /// <summary>Whose data its model has.</summary>
    /// <param name="devicesMax">How many devices are named.</param>
    /// <returns>Their part in it.</returns>
    public Task<ModelInfluence> InfluenceAsync(int devicesMax) => Coordinator.GetInfluenceAsync(devicesMax);

    /// <summary>Works out what it takes to unlearn devices.</summary>
    /// <param name="deviceIds">The devices.</param>
    /// <returns>The plan.</returns>
    public Task<UnlearningPlan> PlanUnlearningAsync(IEnumerable<string> deviceIds) => Coordinator.PlanUnlearningAsync([.. deviceIds]);

    /// <summary>Goes back to the last checkpoint that devices did not touch. The run has not ended then: who goes on with it runs its rounds again.</summary>
    /// <param name="deviceIds">The devices.</param>
    /// <param name="mode">Whether the rounds are run again as they were, or new ones.</param>
    /// <returns>When that checkpoint is current.</returns>
    public async Task UnlearnAsync(IEnumerable<string> deviceIds, UnlearningMode mode)
    {
        // First, so that a run that is stopped from now on is one that has not ended.
        _folder?.MarkUnfinished();
        await Coordinator.UnlearnAsync([.. deviceIds], mode);
    }

    private string Who => _folder is null ? $"The task '{Name}'" : $"The run in '{_folder.Path}'";

    private string Resume => _folder is null ? $"Follow it: sheaf task watch {Name}" : $"Go on with it: {_folder.ResumeCommand}";

    /// <summary>Stops the cluster and lets others open the folder.</summary>
    /// <returns>When it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder?.Dispose();
    }
}
