namespace Sheaf.Grains.Rounds;

/// <summary>A round cannot be finished. The task goes on with the next one.</summary>
/// <param name="reason">Why, as it stands in the round's record.</param>
internal sealed class RoundAbandonedException(string reason) : Exception(reason);
