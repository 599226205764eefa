namespace Sheaf.Abstractions.Security;

/// <summary>A cluster has refused a client's call; nothing was done. The message names the call, what was missing and the remedy.</summary>
[GenerateSerializer, Alias("sheaf.AccessDeniedException")]
public sealed class AccessDeniedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was refused, why, and what to do: whole sentences.</param>
    /// <param name="required">The role that would have been needed; none when no role opens the call.</param>
    public AccessDeniedException(string message, AccessRole required)
        : base(message) => Required = required;

    /// <summary>The role that would have been needed; none when no role opens the call.</summary>
    [Id(0)]
    public AccessRole Required { get; private set; }
}
