using System.Globalization;

namespace Sheaf.Grains.Activity;

/// <summary>The grain key of an activity shard: population, a slash, and the shard's number.</summary>
internal static class ShardKey
{
    public static string Of(string population, int shard) => string.Create(CultureInfo.InvariantCulture, $"{population}/{shard}");

    public static (string Population, int Shard) Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return (key[..slash], int.Parse(key[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
