using Sheaf.Client.Studies;

namespace Sheaf.Client.Running;

/// <summary>One run of a study: an arm with a seed.</summary>
/// <param name="Arm">The arm; empty in a study without arms.</param>
/// <param name="Study">What is run: a study with no arms and no other seed.</param>
/// <param name="Folder">Where its results go, below the study's folder; empty for that folder itself.</param>
internal sealed record PlannedRun(string Arm, Study Study, string Folder);
