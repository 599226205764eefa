namespace Sheaf.Abstractions.Security;

/// <summary>
/// What a client may do. A certificate gives the roles that its subject names as organizational units: <c>sheaf-read</c>, <c>sheaf-submit</c>,
/// <c>sheaf-erase</c>. Who may submit or erase may read as well, to see what becomes of it; who may erase may not submit, nor the other way round.
/// </summary>
[Flags]
[GenerateSerializer, Alias("sheaf.AccessRole")]
public enum AccessRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sees everything that clients can see and changes nothing.</summary>
    Read = 1,

    /// <summary>Adds populations, data and tasks, and stops tasks.</summary>
    Submit = 2 | Read,

    /// <summary>Deletes data and what was learnt from it.</summary>
    Erase = 4 | Read,
}
