namespace Sheaf.Grains;

/// <summary>The names under which grains find their storage and their states.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of every grain.</summary>
    public const string Provider = "sheaf";

    /// <summary>The states of devices: as many as there are devices that something has been pushed to, or that something has set apart.</summary>
    public const string Device = "device";

    internal const string Shard = "shard";
    internal const string Population = "population";
    internal const string Task = "task";
    internal const string Erasures = "erasures";
    internal const string Clocks = "clocks";
    internal const string Catalog = "tasks";
}
