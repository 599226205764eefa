namespace Sheaf.Learning.Rounds;

/// <summary>How far a slice has come.</summary>
public enum SliceStatus
{
    /// <summary>Waits to be dispatched.</summary>
    Pending,

    /// <summary>An attempt is under way.</summary>
    Running,

    /// <summary>One attempt has been accepted; its sum is still with the slice.</summary>
    Accepted,

    /// <summary>The accepted sum is part of its silo's sum.</summary>
    Merged,

    /// <summary>Its silo's sum has been stored with it: the silo may die.</summary>
    Durable,
}
