using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Populations;
using Sheaf.Client.Studies;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Running;

/// <summary>The cluster of a run that was begun, opened again to look at it or to change what it holds.</summary>
internal sealed class OpenedRun : IAsyncDisposable
{
    private readonly RunFolder _folder;
    private readonly EmbeddedCluster _cluster;

    private OpenedRun(RunFolder folder, Study study, EmbeddedCluster cluster) => (_folder, Study, _cluster) = (folder, study, cluster);

    /// <summary>The run's study.</summary>
    public Study Study { get; }

    /// <summary>The name of its population.</summary>
    public string PopulationName => StudySpecs.NameOf(Study);

    /// <summary>Its population.</summary>
    public IPopulation Population => _cluster.Grains.GetGrain<IPopulation>(PopulationName);

    /// <summary>Opens a run.</summary>
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
                var example = Path.Combine(folder.Path, plan.Runs[0].Folder);
                throw new RunFailedException($"'{folder.Path}' has {plan.Runs.Count} runs. Name one of them with --output, for example {example}.");
            }

            var run = new OpenedRun(folder, study, await EmbeddedCluster.StartAsync(folder.Path, cancellationToken));
            return await run.Population.GetSpecAsync() is not null
                ? run
                : throw new RunFailedException($"The run in '{folder.Path}' was stopped before its data arrived. Go on with it: sheaf run --resume --output {folder.Path}");
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>One of its devices.</summary>
    /// <param name="deviceId">The device's id.</param>
    /// <returns>The device.</returns>
    public IDevice Device(string deviceId) => _cluster.Grains.GetGrain<IDevice>(DeviceKey.Of(PopulationName, deviceId));

    /// <summary>Stops the cluster and lets others open the folder.</summary>
    /// <returns>When it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }
}
