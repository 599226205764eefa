using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>Offsets that one shard is asked to resolve.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Offsets">Offsets in mass from the start of the shard.</param>
public sealed record ShardQuery(int Shard, long[] Offsets);

/// <summary>
/// The coordinator's side of a draw: exactly K different devices, each with its exact inclusion probability, by sequential selection
/// (Chromy, "Sequential sample selection methods", Proc. ASA Survey Research Methods, 1979). The total mass is K zones of equal length;
/// every zone selects one device at a uniform point of its own. The order is a circle that starts at a device drawn in proportion to
/// mass, so that every two devices can be drawn together when K ≥ 2.
/// </summary>
/// <remarks>
/// <para>Whoever holds the shards drives it, in three batches per shard (the start, the zone boundaries, the points):
/// <c>while (draw.Queries.Count &gt; 0) foreach (var q in draw.Queries)
/// draw.Answer(q, shards[q.Shard].Locate(draw.Plan, draw.Order, q.Offsets));</c></para>
/// <para>A device that straddles a boundary, with parts a and b of a zone before and after it, is selected by the zone before with
/// probability a, and by the zone after with (1 − a)·b/(1 − a) = b: together π, and never by both. Otherwise the zone after selects from
/// the rest of it, of length 1 − b: (1 − b)·m/(1 − b) = m for a part m. Since a + b ≤ 1 and a &gt; 0, no denominator is 0.</para>
/// </remarks>
public sealed class SequentialDraw
{
    private readonly SelectionPurposes _purposes;
    private readonly ShardOrder _shardOrder;
    private readonly long _zone;
    private readonly CohortMember[] _cohort;
    private readonly (int Shard, LocatedDevice Device)[] _found;
    private Stage _stage = Stage.Start;
    private long _origin;
    private (long Offset, int Slot)[] _wanted = [];
    private Dictionary<int, int[]> _slotsByShard = [];

    /// <summary>Begins a draw.</summary>
    /// <param name="plan">The inclusion probabilities.</param>
    /// <param name="shardMasses">Every shard's <see cref="SelectionShard.MassUnder"/>, by shard; their count is a power of two.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <param name="purposes">The random streams.</param>
    /// <exception cref="InvalidOperationException">The masses are not those of the plan.</exception>
    public SequentialDraw(InclusionPlan plan, IReadOnlyList<long> shardMasses, ulong seed, int round, SelectionPurposes purposes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(shardMasses);
        (Plan, _purposes, _zone) = (plan, purposes, plan.ZoneLength);
        Order = new DrawOrder(seed, purposes.Order, round);
        _shardOrder = new ShardOrder(Order, shardMasses);
        if (_shardOrder.Mass != plan.TotalMass)
        {
            throw new InvalidOperationException(
                $"The shards' masses add up to {_shardOrder.Mass} and the plan's to {plan.TotalMass}: " +
                "activities changed after the plan was made; plan again.");
        }

        _cohort = new CohortMember[plan.Cohort];
        _found = new (int, LocatedDevice)[plan.Cohort];
        if (plan.Cohort == 0)
        {
            _stage = Stage.Done;
            return;
        }

        Ask([(Uniform(0, Stream.Origin, plan.TotalMass), 0)]);
    }

    private enum Stage
    {
        Start,
        Boundaries,
        Points,
        Done,
    }

    private enum Stream
    {
        Origin,
        Straddler,
        Point,
    }

    /// <summary>The plan of the draw.</summary>
    public InclusionPlan Plan { get; }

    /// <summary>The order of the draw.</summary>
    public DrawOrder Order { get; }

    /// <summary>What the shards are to resolve now; empty when the draw is complete. At most one query per shard.</summary>
    public IReadOnlyList<ShardQuery> Queries { get; private set; } = [];

    /// <summary>The devices drawn, in the order of their zones, once <see cref="Queries"/> is empty.</summary>
    /// <exception cref="InvalidOperationException">There are queries left to answer.</exception>
    public IReadOnlyList<CohortMember> Cohort => _stage == Stage.Done
        ? _cohort
        : throw new InvalidOperationException($"The draw is not complete: answer its {Queries.Count} queries first.");

    /// <summary>Takes one shard's answer; the last one of a batch makes the next batch of <see cref="Queries"/>.</summary>
    /// <param name="query">The query that is answered, one of <see cref="Queries"/>.</param>
    /// <param name="devices">One device per offset of the query.</param>
    /// <exception cref="ArgumentException">The query is not open, or the number of devices is wrong.</exception>
    public void Answer(ShardQuery query, ReadOnlySpan<LocatedDevice> devices)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (!_slotsByShard.Remove(query.Shard, out var slots) || slots.Length != devices.Length)
        {
            throw new ArgumentException(
                $"Shard {query.Shard} answers with {devices.Length} devices what was asked {slots?.Length ?? 0} times: " +
                "answer every open query once.",
                nameof(devices));
        }

        for (var i = 0; i < slots.Length; i++)
        {
            _found[slots[i]] = (query.Shard, devices[i]);
        }

        if (_slotsByShard.Count == 0)
        {
            Advance();
        }
    }

    private void Advance()
    {
        switch (_stage)
        {
            case Stage.Start:
                _origin = StartOf(0);
                _stage = Stage.Boundaries;
                Ask([.. Enumerable.Range(1, Plan.Cohort - 1).Select(zone => (zone * _zone, zone))]);
                break;
            case Stage.Boundaries:
                _stage = Stage.Points;
                Ask(WalkZones());
                break;
            default:
                foreach (var (_, zone) in _wanted)
                {
                    Select(zone, zone);
                }

                _stage = Stage.Done;
                Queries = [];
                break;
        }

        if (_stage == Stage.Boundaries && Plan.Cohort == 1)
        {
            Advance();
        }
    }

    /// <summary>Goes through the zones in order: a zone takes its straddler, or draws the point at which it will take a device.</summary>
    private (long Offset, int Slot)[] WalkZones()
    {
        var points = new List<(long, int)>(Plan.Cohort);
        var previous = -1L;
        for (var zone = 0; zone < Plan.Cohort; zone++)
        {
            var boundary = zone * _zone;
            var (before, after) = zone == 0 ? (0, 0) : PartsAt(zone, boundary);
            // The zone before took the straddler exactly if its point lies behind the straddler's start.
            var taken = previous >= boundary - before;
            if (after > 0 && !taken && Uniform(zone, Stream.Straddler, _zone - before) < after)
            {
                Select(zone, zone);
                previous = -1;
                continue;
            }

            previous = boundary + after + Uniform(zone, Stream.Point, _zone - after);
            points.Add((previous, zone));
        }

        return [.. points];
    }

    /// <summary>How much of the device at a boundary lies before and after it; nothing when it starts there.</summary>
    private (long Before, long After) PartsAt(int slot, long boundary)
    {
        var before = boundary - Rotate(StartOf(slot), -_origin);
        return before == 0 ? (0, 0) : (before, _found[slot].Device.Mass - before);
    }

    private void Select(int zone, int slot)
    {
        var (shard, device) = _found[slot];
        _cohort[zone] = new CohortMember(device.Position, shard, device.Index, Plan.InclusionOf(device.Mass), (double)Plan.Cohort / Plan.Devices);
    }

    private void Ask((long Offset, int Slot)[] wanted)
    {
        _wanted = wanted;
        var byShard = new Dictionary<int, (List<long> Offsets, List<int> Slots)>();
        foreach (var (offset, slot) in wanted)
        {
            var inTree = Rotate(offset, _origin);
            var shard = _shardOrder.Find(inTree);
            if (!byShard.TryGetValue(shard, out var group))
            {
                byShard.Add(shard, group = ([], []));
            }

            group.Offsets.Add(inTree - _shardOrder.StartOf(shard));
            group.Slots.Add(slot);
        }

        _slotsByShard = byShard.ToDictionary(each => each.Key, each => each.Value.Slots.ToArray());
        Queries = [.. byShard.Select(each => new ShardQuery(each.Key, [.. each.Value.Offsets]))];
    }

    /// <summary>Where a found device starts in the order of the tree, before rotation.</summary>
    private long StartOf(int slot) => _shardOrder.StartOf(_found[slot].Shard) + _found[slot].Device.Start;

    private long Rotate(long offset, long by)
    {
        var sum = offset + by;
        return sum < 0 ? sum + Plan.TotalMass : sum >= Plan.TotalMass ? sum - Plan.TotalMass : sum;
    }

    private long Uniform(int zone, Stream stream, long bound) =>
        (long)Prf.Sequence(Order.Seed, _purposes.Draw, (ulong)Order.Round, (ulong)zone, (ulong)stream).NextUInt64((ulong)bound);
}
