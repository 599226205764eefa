using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Clusters;

/// <summary>The cluster that a run is in: one in this process, on the run's folder, or one of other processes.</summary>
internal sealed class RunCluster : IAsyncDisposable
{
    private readonly IAsyncDisposable _cluster;

    private RunCluster(IAsyncDisposable cluster, IGrainFactory grains, string name, ClusterNote? note) => (_cluster, Grains, Name, Note) = (cluster, grains, name, note);

    /// <summary>Finds the cluster's grains.</summary>
    public IGrainFactory Grains { get; }

    /// <summary>The name of the run's task and of its population.</summary>
    public string Name { get; }

    /// <summary>Where it is; null when it is in this process.</summary>
    public ClusterNote? Note { get; }

    /// <summary>Whether it goes on by itself when this process ends.</summary>
    public bool IsRemote => Note is not null;

    /// <summary>Opens the cluster of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="name">The name of its task, when it is in this process.</param>
    /// <param name="note">Where it is; null for this process.</param>
    /// <param name="cancellationToken">Stops opening.</param>
    /// <returns>The cluster.</returns>
    public static async Task<RunCluster> OpenAsync(string folder, string name, ClusterNote? note, CancellationToken cancellationToken)
    {
        if (note is null)
        {
            var embedded = await EmbeddedCluster.StartAsync(folder, cancellationToken);
            return new RunCluster(embedded, embedded.Grains, name, null);
        }

        return await ConnectAsync(note, cancellationToken);
    }

    /// <summary>Connects to the cluster of a run that is in other processes.</summary>
    /// <param name="note">Where it is.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    /// <returns>The cluster.</returns>
    public static async Task<RunCluster> ConnectAsync(ClusterNote note, CancellationToken cancellationToken)
    {
        var remote = await RemoteCluster.ConnectAsync(note.Address(), cancellationToken);
        return new RunCluster(remote, remote.Grains, note.Task, note);
    }

    /// <summary>Stops the cluster in this process, or disconnects from the other.</summary>
    /// <returns>When that is done.</returns>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
