using System.Globalization;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Activity;

/// <summary>
/// The counts of a generated population: what its devices would hold, which no device has to be woken for, but for what has
/// happened to single ones. In the order of device numbers, without an object per device.
/// </summary>
internal sealed class GeneratedCounts : ICountSource
{
    private static readonly DrawBasis[] Bases = Enum.GetValues<DrawBasis>();

    private readonly PopulationView _view;
    private readonly int _period;
    private readonly long[] _devices;
    private readonly Dictionary<int, DeviceCounts> _noted = [];
    private int[][]? _counts;

    /// <summary>Finds the devices of a shard.</summary>
    /// <param name="view">The population.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="period">The population's period; −1 before the first.</param>
    /// <param name="noted">The devices to which something has happened.</param>
    public GeneratedCounts(PopulationView view, int shard, int period, IReadOnlyDictionary<string, DeviceCounts> noted)
    {
        (_view, _period) = (view, period);
        var positions = new List<ulong>();
        var devices = new List<long>((int)(view.Generator!.Population.Devices / view.Spec.Shards) + 1);
        for (long device = 0; device < view.Generator.Population.Devices; device++)
        {
            var position = DevicePosition.OfIndex((ulong)device);
            if (DevicePosition.ShardOf(position, view.Spec.Shards) == shard)
            {
                devices.Add(device);
                positions.Add(position);
            }
        }

        (_devices, Positions) = ([.. devices], [.. positions]);
        foreach (var counts in noted.Values)
        {
            if (IndexOf(counts.DeviceId) is >= 0 and var at)
            {
                _noted[at] = counts;
            }
        }
    }

    /// <inheritdoc/>
    public ulong[] Positions { get; }

    /// <inheritdoc/>
    public string IdOf(int index) => _devices[index].ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int IndexOf(string id) => Array.BinarySearch(_devices, long.Parse(id, CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public int[] CountsBy(DrawBasis basis, double decay)
    {
        if (decay < 1)
        {
            return [.. Enumerable.Range(0, _devices.Length).Select(device => CountsOf(device)?.By(basis, _period, decay) ?? 0)];
        }

        return (_counts ??= CountAll())[(int)basis];
    }

    // All of them at once: working a device's counts out takes longer than keeping a few numbers of it.
    private int[][] CountAll()
    {
        var counts = Array.ConvertAll(Bases, _ => new int[_devices.Length]);
        for (var device = 0; device < _devices.Length; device++)
        {
            if (CountsOf(device) is { } known)
            {
                foreach (var basis in Bases)
                {
                    counts[(int)basis][device] = known.By(basis, _period);
                }
            }
        }

        return counts;
    }

    private DeviceCounts? CountsOf(int device) => _period < 0 ? null
        : GeneratedForecast.Of(_view, _devices[device], _period, _noted.GetValueOrDefault(device)?.Deviation);
}
