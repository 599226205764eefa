namespace Sheaf.Learning.Torch;

/// <summary>A libtorch that was named cannot be used.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class TorchLibraryException(string message) : Exception(message);
