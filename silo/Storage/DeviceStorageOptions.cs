namespace Sheaf.Silo.Storage;

/// <summary>How a silo reads and writes the states of devices. Both ways use the same rows, so that a silo may change from one to the other.</summary>
/// <param name="Kind">The way.</param>
public sealed record DeviceStorageOptions(DeviceStorageKind Kind);

/// <summary>A way to read and write the states of devices.</summary>
public enum DeviceStorageKind
{
    /// <summary>Many at once: what devices ask for while the database is at work goes into one transaction.</summary>
    Grouped,

    /// <summary>One after another, each in a transaction of its own, by Orleans' AdoNet storage.</summary>
    AdoNet,
}
