namespace Sheaf.Client.Clusters;

/// <summary><c>cluster.json</c>: in which cluster a run is, and under which name. A run without it is in its own folder.</summary>
/// <param name="Cluster">The cluster's address, as <see cref="ClusterAddress"/> reads it.</param>
/// <param name="Task">The name of its task and its population there; empty for a study of several runs, each of which has a note of its own.</param>
/// <param name="Tls">The folder of the client's certificate, as <see cref="ClientCertificate"/> reads it; null for a cluster without certificates.</param>
internal sealed record ClusterNote(string Cluster, string Task, string? Tls = null)
{
    /// <summary>Where the cluster is, and how this client proves who it is.</summary>
    /// <returns>Both.</returns>
    /// <exception cref="Running.RunFailedException">The address is none.</exception>
    public ClusterAddress Address() => ClusterAddress.Parse(Cluster) with { Tls = Tls };
}
