namespace Sheaf.Abstractions.Security;

/// <summary>The role that a client needs to call a method; a method without it is closed to clients. Grains among themselves need none.</summary>
/// <param name="role">The role.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresRoleAttribute(AccessRole role) : Attribute
{
    /// <summary>The role.</summary>
    public AccessRole Role { get; } = role;

    /// <summary>Whether calls by clients are written to the audit log: before they run, and how they ended.</summary>
    /// <value>Default false.</value>
    public bool IsAudited { get; init; }
}
