using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sheaf.Learning.Evaluation;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Activity;

/// <summary>A shard's devices in memory: their positions, and what draws have asked of their counts. Not thread-safe.</summary>
/// <param name="source">Where the counts come from.</param>
/// <param name="profiles">When the devices are online; null without a virtual clock.</param>
internal sealed class ShardTable(ICountSource source, IDeviceProfiles? profiles = null)
{
    // A column that follows the whole population's activity is another one whenever that changes; the last few are enough.
    private const int ColumnsMax = 6;

    private readonly OrderedDictionary<DrawColumn, SelectionShard> _selections = [];
    private readonly Dictionary<(DrawBasis Basis, double Decay), ActivityHistogram> _histograms = [];
    private readonly Dictionary<(DrawBasis Basis, double Decay), int[]> _counts = [];
    private (DrawColumn Column, SelectionShard Selection)? _latest;
    private ulong? _contents;

    /// <summary>The hash of positions and counts: two tables with the same contents answer alike.</summary>
    public ulong Contents => _contents ??= Hash();

    /// <summary>The id of a device.</summary>
    /// <param name="index">Its index in the table.</param>
    /// <returns>The id.</returns>
    public string IdOf(int index) => source.IdOf(index);

    /// <summary>The index of a device.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The index; negative when there is no such device.</returns>
    public int IndexOf(string id) => source.IndexOf(id);

    /// <summary>The devices of a draw, one by one.</summary>
    /// <param name="selection">The draw.</param>
    /// <param name="column">What is drawn by.</param>
    /// <returns>Each with its position and its count.</returns>
    public OortEntry[] EntriesOf(SelectionShard selection, DrawColumn column)
    {
        var counts = CountsBy(column.Basis, column.Decay);
        return Array.ConvertAll(selection.Indices.ToArray(), index => new OortEntry(source.Positions[index], index, counts[index]));
    }

    /// <summary>The counts of all devices that draws go by, worked out once.</summary>
    /// <param name="basis">Which counts.</param>
    /// <param name="decay">γ: an example of a periods ago counts γ^a.</param>
    /// <returns>One count per device.</returns>
    public int[] CountsBy(DrawBasis basis, double decay = 1)
    {
        if (!_counts.TryGetValue((basis, decay), out var counts))
        {
            _counts.Add((basis, decay), counts = source.CountsBy(basis, decay));
        }

        return counts;
    }

    /// <summary>What draws ask, worked out once per column.</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="own">What users bring.</param>
    /// <returns>The shard's side of a draw.</returns>
    public SelectionShard SelectionBy(DrawColumn column, IOwnClasses own)
    {
        if (!_selections.TryGetValue(column, out var selection))
        {
            selection = new SelectionShard(source.Positions, CountsBy(column.Basis, column.Decay), column.WeightsFrom(own));
            _selections.Add(column, selection);
            if (_selections.Count > ColumnsMax)
            {
                _selections.RemoveAt(0);
            }
        }

        return selection;
    }

    /// <summary>What draws ask that leave some devices out, worked out once per column. Costs O(devices of the shard).</summary>
    /// <param name="column">What is drawn by.</param>
    /// <param name="resting">The devices that <see cref="DrawColumn.Resting"/> names.</param>
    /// <param name="own">What users bring.</param>
    /// <returns>The shard's side of a draw.</returns>
    public SelectionShard SelectionBy(DrawColumn column, string[] resting, IOwnClasses own)
    {
        // Who rests and who is there is drawn by in one round, so that only the latest is kept.
        if (_latest is not { } latest || latest.Column != column)
        {
            var all = SelectionBy(column with { Resting = "", Attendance = null, Now = null }, own);
            var present = column.Attendance is { } attendance ? all.Within(attendance.Has) : all;
            if (column.Now is { } now && profiles is not null)
            {
                present = present.Within(position => profiles.IsOnline(position, now));
            }

            _latest = latest = (column, resting.Length == 0 ? present : present.Without(resting.Select(source.IndexOf).ToHashSet()));
        }

        return latest.Selection;
    }

    /// <summary>Who has how much, worked out once.</summary>
    /// <param name="basis">Which counts.</param>
    /// <param name="decay">γ: an example of a periods ago counts γ^a.</param>
    /// <returns>The histogram.</returns>
    public ActivityHistogram HistogramOf(DrawBasis basis, double decay)
    {
        if (!_histograms.TryGetValue((basis, decay), out var histogram))
        {
            _histograms.Add((basis, decay), histogram = ActivityHistogram.Of(CountsBy(basis, decay)));
        }

        return histogram;
    }

    /// <summary>How often devices have taken part, by activity group; devices that never made an example are left out.</summary>
    /// <param name="groups">The groups, by all examples that devices ever made.</param>
    /// <param name="times">How often each device has that took part at all.</param>
    /// <returns>The counts.</returns>
    public ParticipationCounts ParticipationOf(ActivityGroups groups, IReadOnlyDictionary<string, int> times)
    {
        var made = CountsBy(DrawBasis.Made);
        var active = Enumerable.Range(0, made.Length).Where(device => made[device] > 0).ToArray();
        return ParticipationCounts.Of(
            Array.ConvertAll(active, device => groups.GroupOf(made[device], source.Positions[device])),
            Array.ConvertAll(active, device => times.GetValueOrDefault(IdOf(device))));
    }

    // One of these changes whenever anything does that a draw can go by.
    private ulong Hash()
    {
        var hash = new XxHash64();
        hash.Append(MemoryMarshal.AsBytes(source.Positions.AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(CountsBy(DrawBasis.Current).AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(CountsBy(DrawBasis.HeldOut).AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(CountsBy(DrawBasis.Made).AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(CountsBy(DrawBasis.Fresh).AsSpan()));
        hash.Append(MemoryMarshal.AsBytes(CountsBy(DrawBasis.Stale).AsSpan()));
        return hash.GetCurrentHashAsUInt64();
    }
}
