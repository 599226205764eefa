namespace Sheaf.Silo.Security;

/// <summary>A client has sent a message in the name of a grain or a silo, has answered what nobody asked it, or has sent what cannot be read.</summary>
/// <param name="message">Which.</param>
internal sealed class ForgedSenderException(string message) : IOException(message);
