namespace Sheaf.Grains;

/// <summary>The names under which grains find their storage and their states.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of every grain.</summary>
    public const string Provider = "sheaf";

    internal const string Device = "device";
    internal const string Shard = "shard";
    internal const string Population = "population";
    internal const string Task = "task";
    internal const string Erasures = "erasures";
    internal const string Clocks = "clocks";
    internal const string Catalog = "tasks";
}
