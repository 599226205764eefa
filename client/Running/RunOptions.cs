using Sheaf.Client.Clusters;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>What the user asked <c>sheaf run</c> for.</summary>
/// <param name="Study">A shipped study's name, or a file.</param>
/// <param name="Data">The data file; null uses the study's own.</param>
/// <param name="Output">Where results go; null makes a folder below <c>runs</c>.</param>
/// <param name="Resume">Whether to go on with the study in <paramref name="Output"/>, or with the newest unfinished one, as it was begun.</param>
/// <param name="Overrides">What replaces values of the study; null for nothing.</param>
/// <param name="Arms">The arms that are run; null or empty for all.</param>
/// <param name="Cluster">The cluster in which it runs; null for one in this process.</param>
/// <param name="Detaches">Whether to leave once the cluster has all it needs to go on.</param>
internal sealed record RunOptions(
    string Study,
    string? Data,
    string? Output,
    bool Resume = false,
    IReadOnlyList<StudyOverride>? Overrides = null,
    IReadOnlyList<string>? Arms = null,
    ClusterAddress? Cluster = null,
    bool Detaches = false);
