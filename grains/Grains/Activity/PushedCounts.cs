using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Activity;

/// <summary>The counts of a pushed population: what its devices have answered, in the order of their ids.</summary>
/// <param name="devices">The stored counts.</param>
/// <param name="period">The population's period.</param>
internal sealed class PushedCounts(IReadOnlyDictionary<string, DeviceCounts> devices, int period) : ICountSource
{
    private readonly DeviceCounts[] _devices = [.. devices.Values.OrderBy(counts => counts.DeviceId, StringComparer.Ordinal)];
    private string[]? _ids;
    private ulong[]? _positions;

    /// <inheritdoc/>
    public ulong[] Positions => _positions ??= Array.ConvertAll(_devices, counts => DevicePosition.Of(counts.DeviceId));

    /// <inheritdoc/>
    public string IdOf(int index) => _devices[index].DeviceId;

    /// <inheritdoc/>
    public int IndexOf(string id) =>
        Array.BinarySearch(_ids ??= Array.ConvertAll(_devices, counts => counts.DeviceId), id, StringComparer.Ordinal);

    /// <inheritdoc/>
    public int[] CountsBy(DrawBasis basis, double decay) => Array.ConvertAll(_devices, counts => counts.By(basis, period, decay));
}
