namespace Sheaf.Silo.Hosting;

/// <summary>A silo cannot compute on what it is told to.</summary>
/// <param name="message">Why, and what to do.</param>
public sealed class AcceleratorException(string message) : Exception(message);
