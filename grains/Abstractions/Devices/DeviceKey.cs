namespace Sheaf.Abstractions.Devices;

/// <summary>The grain key of a device: population, a slash, and the device's id, which may hold any character.</summary>
public static class DeviceKey
{
    /// <summary>Makes the key.</summary>
    /// <param name="population">The population's name, without a slash.</param>
    /// <param name="deviceId">The device's id within the population.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentException">The name has a slash, or one of the two is empty.</exception>
    public static string Of(string population, string deviceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(population);
        ArgumentException.ThrowIfNullOrEmpty(deviceId);
        return population.Contains('/', StringComparison.Ordinal)
            ? throw new ArgumentException($"The population's name '{population}' has a slash. Use letters, digits and dashes.", nameof(population))
            : $"{population}/{deviceId}";
    }

    /// <summary>Takes a key apart.</summary>
    /// <param name="key">What <see cref="Of"/> made.</param>
    /// <returns>The population and the device's id.</returns>
    /// <exception cref="FormatException">The text is not such a key.</exception>
    public static (string Population, string DeviceId) Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < key.Length - 1
            ? (key[..slash], key[(slash + 1)..])
            : throw new FormatException($"'{key}' is not the key of a device. It must read population/device.");
    }
}
