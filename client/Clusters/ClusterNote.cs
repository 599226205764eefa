namespace Sheaf.Client.Clusters;

/// <summary><c>cluster.json</c>: in which cluster a run is, and under which name. A run without it is in its own folder.</summary>
/// <param name="Cluster">The cluster's address, as <see cref="ClusterAddress"/> reads it.</param>
/// <param name="Task">The name of its task and its population there.</param>
internal sealed record ClusterNote(string Cluster, string Task);
