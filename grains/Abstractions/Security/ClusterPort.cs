namespace Sheaf.Abstractions.Security;

/// <summary>The two ports of a silo.</summary>
internal enum ClusterPort
{
    /// <summary>For other silos.</summary>
    Silo,

    /// <summary>For clients.</summary>
    Gateway,
}
