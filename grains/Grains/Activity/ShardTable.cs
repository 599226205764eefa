using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sheaf.Grains.Populations;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>A shard's devices in memory: positions and counts, without an object per device. Not thread-safe.</summary>
internal sealed class ShardTable
{
    // A column that follows the whole population's activity is another one whenever that changes; the last few are enough.
    private const int ColumnsMax = 4;

    private readonly OrderedDictionary<DrawColumn, SelectionShard> _selections = [];
    private (DrawColumn Column, SelectionShard Selection)? _resting;
    private readonly ActivityHistogram?[] _histograms = new ActivityHistogram?[2];
    private readonly string[]? _ids;
    private readonly ulong[]? _indices;
    private readonly ulong[] _positions;
    private readonly int[] _activity;
    private readonly int[] _heldOut;

    private ShardTable(string[]? ids, ulong[]? indices, ulong[] positions, int[] activity, int[] heldOut) =>
        (_ids, _indices, _positions, _activity, _heldOut, Contents) = (ids, indices, positions, activity, heldOut, Hash(positions, activity, heldOut));

    /// <summary>The hash of positions and counts: two tables with the same contents answer alike.</summary>
    public ulong Contents { get; }

    /// <summary>How many devices there are.</summary>
    public int Count => _positions.Length;

    /// <summary>Examples to train on, by device.</summary>
    public ReadOnlySpan<int> Activity => _activity;

    /// <summary>Examples kept for evaluation, by device.</summary>
    public ReadOnlySpan<int> HeldOut => _heldOut;

    /// <summary>The table of a pushed population.</summary>
    /// <param name="devices">The stored counts.</param>
    /// <returns>The table, in the order of ids.</returns>
    public static ShardTable Of(IReadOnlyDictionary<string, DeviceCounts> devices)
    {
        var sorted = devices.Values.OrderBy(counts => counts.DeviceId, StringComparer.Ordinal).ToArray();
        return new ShardTable(
            Array.ConvertAll(sorted, counts => counts.DeviceId),
            null,
            Array.ConvertAll(sorted, counts => DevicePosition.Of(counts.DeviceId)),
            Array.ConvertAll(sorted, counts => counts.Activity),
            Array.ConvertAll(sorted, counts => counts.HeldOut));
    }

    /// <summary>The table of a generated population: the generator's counts, but for the devices that have noted others.</summary>
    /// <param name="view">The population.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="isAvailable">Whether the generator's examples have been made available.</param>
    /// <param name="noted">The devices that differ.</param>
    /// <returns>The table, in the order of device numbers.</returns>
    public static ShardTable Generated(PopulationView view, int shard, bool isAvailable, IReadOnlyDictionary<string, DeviceCounts> noted)
    {
        var generator = view.Generator!;
        var indices = new List<ulong>((int)(generator.Population.Devices / view.Spec.Shards) + 1);
        for (ulong index = 0; index < (ulong)generator.Population.Devices; index++)
        {
            if (DevicePosition.ShardOf(DevicePosition.OfIndex(index), view.Spec.Shards) == shard)
            {
                indices.Add(index);
            }
        }

        var devices = indices.ConvertAll(index => (long)index).ToArray();
        var (activity, heldOut) = (new int[devices.Length], new int[devices.Length]);
        var asOf = generator.Population.StartOf(generator.Population.Periods);
        for (var i = 0; isAvailable && i < devices.Length; i++)
        {
            (activity[i], heldOut[i]) = generator.CountRetained(devices[i], view.Retention, asOf);
        }

        foreach (var counts in noted.Values)
        {
            if (Array.BinarySearch(devices, long.Parse(counts.DeviceId, CultureInfo.InvariantCulture)) is >= 0 and var at)
            {
                (activity[at], heldOut[at]) = (counts.Activity, counts.HeldOut);
            }
        }

        return new ShardTable(null, [.. indices], [.. indices.Select(DevicePosition.OfIndex)], activity, heldOut);
    }

    /// <summary>The id of a device.</summary>
    /// <param name="index">Its index in the table.</param>
    /// <returns>The id.</returns>
    public string IdOf(int index) => _ids is null ? _indices![index].ToString(CultureInfo.InvariantCulture) : _ids[index];

    private static ulong Hash(ulong[] positions, int[] activity, int[] heldOut)
    {
        var hash = new XxHash64();
        hash.Append(MemoryMarshal.AsBytes(positions.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(activity.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(heldOut.AsSpan()));
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>What draws ask, worked out once per column.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="own">What users bring.</param>
    /// <returns>The shard's side of a draw.</returns>
    public SelectionShard SelectionBy(DrawColumn column, IOwnClasses own)
    {
        if (!_selections.TryGetValue(column, out var selection))
        {
            selection = new SelectionShard(_positions, CountsOf(column.IsEvaluation), column.WeightsFrom(own));
            _selections.Add(column, selection);
            if (_selections.Count > ColumnsMax)
            {
                _selections.RemoveAt(0);
            }
        }

        return selection;
    }

    /// <summary>What draws ask that leave some devices out, worked out once per list.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="resting">The devices that <see cref="DrawColumn.Resting"/> names.</param>
    /// <param name="own">What users bring.</param>
    /// <returns>The shard's side of a draw.</returns>
    public SelectionShard SelectionBy(DrawColumn column, string[] resting, IOwnClasses own)
    {
        // A list is drawn by once, so that only the latest is kept.
        if (_resting is not { } latest || latest.Column != column)
        {
            _resting = latest = (column, SelectionBy(column with { Resting = "" }, own).Without(resting.Select(IndexOf).ToHashSet()));
        }

        return latest.Selection;
    }

    private int IndexOf(string id) => _ids is null
        ? Array.BinarySearch(_indices!, ulong.Parse(id, CultureInfo.InvariantCulture))
        : Array.BinarySearch(_ids, id, StringComparer.Ordinal);

    /// <summary>Who has how much, worked out once.</summary>
    /// <param name="isEvaluation">Whether held-out examples count.</param>
    /// <returns>The histogram.</returns>
    public ActivityHistogram HistogramOf(bool isEvaluation) => _histograms[isEvaluation ? 1 : 0] ??= ActivityHistogram.Of(CountsOf(isEvaluation));

    private int[] CountsOf(bool isEvaluation) => isEvaluation ? _heldOut : _activity;
}
