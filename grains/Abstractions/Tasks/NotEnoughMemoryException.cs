namespace Sheaf.Abstractions.Tasks;

/// <summary>A task takes more memory than a silo has; nothing was started. The message has the arithmetic and the remedy.</summary>
/// <param name="message">What is too large, by how much, and what to do: whole sentences.</param>
[GenerateSerializer, Alias("sheaf.NotEnoughMemoryException")]
public sealed class NotEnoughMemoryException(string message) : Exception(message);
