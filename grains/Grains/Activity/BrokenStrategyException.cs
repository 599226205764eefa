namespace Sheaf.Grains.Activity;

/// <summary>A user's selection strategy cannot be used; asking again would not help.</summary>
/// <param name="message">Which, why, and what to do.</param>
[GenerateSerializer, Alias("sheaf.BrokenStrategyException")]
internal sealed class BrokenStrategyException(string message) : Exception(message);
