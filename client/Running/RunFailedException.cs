namespace Sheaf.Client.Running;

/// <summary>A run could not start, or could not be finished. The message is for the user.</summary>
/// <param name="message">What went wrong, where, and what to do.</param>
/// <param name="innerException">What caused it; null when nothing was thrown.</param>
internal sealed class RunFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
