using Sheaf.Grains.Activity;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Grains.Rounds;

/// <summary>Draws a cohort from a population's shards. No device wakes.</summary>
/// <param name="grains">Finds the shards.</param>
/// <param name="population">The population.</param>
/// <param name="shardCount">How many shards it has.</param>
/// <param name="basis">Which of the devices' counts it goes by.</param>
/// <param name="decay">γ, in (0, 1]: an example of a periods ago counts γ^a.</param>
internal sealed partial class CohortDraw(IGrainFactory grains, string population, int shardCount, DrawBasis basis, double decay = 1)
{
    private const int TriesMax = 5;

    private readonly IActivityShard[] _shards =
        [.. Enumerable.Range(0, shardCount).Select(shard => grains.GetGrain<IActivityShard>(ShardKey.Of(population, shard)))];

    /// <summary>Whom to leave out; null for nobody.</summary>
    public RestList? Resting { get; init; }

    /// <summary>Who is there to be drawn; null for everybody.</summary>
    public Attendance? Attendance { get; init; }

    /// <summary>By the virtual clock, when it is and who is online; null without one.</summary>
    public (TimeSpan Now, IDeviceProfiles Profiles)? Clock { get; init; }

    /// <summary>How many devices were there to be drawn; null before a draw, and of a sweep, which asks only those whose turn it is.</summary>
    public long? Present { get; private set; }

    /// <summary>Draws.</summary>
    /// <param name="spec">Whom to prefer and how many.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <param name="purposes">The random streams.</param>
    /// <returns>The cohort, sorted by id.</returns>
    public Task<DrawnDevice[]> DrawAsync(SelectionSpec spec, ulong seed, int round, SelectionPurposes purposes) =>
        RetryAsync(() => DrawOnceAsync(spec, seed, round, purposes));

    /// <summary>Who has how much.</summary>
    /// <returns>The histogram of the population's counts.</returns>
    public async Task<ActivityHistogram> HistogramAsync() => ActivityHistogram.Merge(await AskAsync(shard => shard.GetHistogramAsync(basis, decay)));

    private static async Task<DrawnDevice[]> RetryAsync(Func<Task<DrawnDevice[]>> draw)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await draw();
            }
            catch (Exception exception) when (tries < TriesMax && exception is InvalidOperationException or ArgumentException)
            {
                // A device was erased between two questions; the new totals give a new plan.
            }
        }
    }

    /// <summary>Where devices live.</summary>
    /// <returns>Says the silo of a device's shard.</returns>
    public async Task<Func<string, string>> SilosAsync()
    {
        var silos = await AskAsync(shard => shard.GetSiloAsync());
        return device => silos[DevicePosition.ShardOf(DevicePosition.Of(device), _shards.Length)].ToParsableString();
    }

    private async Task<DrawnDevice[]> DrawOnceAsync(SelectionSpec spec, ulong seed, int round, SelectionPurposes purposes)
    {
        if (!spec.Weights.IsResolved)
        {
            spec = spec with { Weights = spec.Weights.Resolve(await HistogramAsync()) };
        }

        var isSweep = spec.Design == SelectionDesign.RoundRobin;
        // A sweep goes through all active devices, there or not; otherwise nobody's turn would be well defined.
        var column = DrawColumn.Of(basis, spec.Weights) with
        {
            Resting = await RestAsync(),
            Attendance = isSweep ? null : Attendance,
            Now = isSweep ? null : Clock?.Now,
            Decay = decay,
        };
        var totals = (await AskAsync(shard => shard.GetTotalsAsync(column))).Aggregate(default(ShardTotals), (left, right) => left + right);
        Present = isSweep ? null : totals.Devices;
        return isSweep
            ? await SweepAsync(column, new SweepDraw(spec, totals, seed, round))
            : await DrawByWeightAsync(column, new CapSearch(spec, totals), seed, round, purposes);
    }

    private async Task<string> RestAsync()
    {
        if (Resting is null)
        {
            return "";
        }

        var byShard = Resting.Devices.ToLookup(device => DevicePosition.ShardOf(DevicePosition.Of(device), _shards.Length));
        await Task.WhenAll(_shards.Select((shard, number) => shard.RestAsync(Resting.Task, Resting.Name, [.. byShard[number]])));
        return Resting.Name;
    }

    private async Task<DrawnDevice[]> SweepAsync(DrawColumn column, SweepDraw draw)
    {
        if (draw.IsEmpty)
        {
            return [];
        }

        var counts = await AskAsync(shard => shard.CountSweepAsync(column, draw.Order));
        draw.Locate(counts.Select(shard => shard.Counts));
        var devices = await Task.WhenAll(_shards.Select(
            (shard, number) => shard.SweepAsync(counts[number].Contents, column, draw.Order, draw.Buckets.First, draw.Buckets.Last)));
        // Whoever is not there when its turn comes misses it.
        var cohort = draw.Complete(devices).Where(member => IsThere(member.Position));
        return await IdentifyAsync([.. cohort], Array.ConvertAll(counts, shard => (shard.Silo, shard.Contents)));
    }

    private bool IsThere(ulong position) =>
        (Attendance?.Has(position) ?? true) && (Clock is not { } clock || clock.Profiles.IsOnline(position, clock.Now));

    private async Task<DrawnDevice[]> DrawByWeightAsync(DrawColumn column, CapSearch search, ulong seed, int round, SelectionPurposes purposes)
    {
        while (search.NextThreshold is { } threshold)
        {
            var above = await AskAsync(shard => shard.GetAboveAsync(column, search.Scale, threshold));
            search.Answer(above.Aggregate(default(MassTotals), (left, right) => left + right));
        }

        var masses = await AskAsync(shard => shard.GetMassAsync(column, search.Plan));
        var draw = new SequentialDraw(search.Plan, Array.ConvertAll(masses, mass => mass.Mass), seed, round, purposes);
        while (draw.Queries.Count > 0)
        {
            var queries = draw.Queries.ToArray();
            var answers = await Task.WhenAll(queries.Select(
                query => _shards[query.Shard].LocateAsync(masses[query.Shard].Contents, column, draw.Plan, draw.Order, query.Offsets)));
            for (var i = 0; i < queries.Length; i++)
            {
                draw.Answer(queries[i], answers[i]);
            }
        }

        return await IdentifyAsync(draw.Cohort, Array.ConvertAll(masses, mass => (mass.Silo, mass.Contents)));
    }

    private async Task<DrawnDevice[]> IdentifyAsync(IReadOnlyList<CohortMember> cohort, (SiloAddress Silo, ulong Contents)[] homes)
    {
        var drawn = await Task.WhenAll(cohort.GroupBy(member => member.Shard).Select(async group =>
        {
            var members = group.ToArray();
            var (silo, contents) = homes[group.Key];
            var names = await _shards[group.Key].IdentifyAsync(contents, Array.ConvertAll(members, member => member.Index));
            return members.Select((member, i) => new DrawnDevice(
                names.Ids[i], silo.ToParsableString(), member.InverseInclusion, member.Inclusion, names.Activity[i]));
        }));
        return [.. drawn.SelectMany(devices => devices).OrderBy(device => device.DeviceId, StringComparer.Ordinal)];
    }

    private Task<T[]> AskAsync<T>(Func<IActivityShard, Task<T>> question) => Task.WhenAll(_shards.Select(question));
}

/// <summary>A device of a cohort.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Silo">The silo of its shard.</param>
/// <param name="InverseInclusion">The mean inclusion probability of all devices over its own.</param>
/// <param name="Inclusion">Its inclusion probability π, in (0, 1].</param>
/// <param name="Activity">How many examples it had to train on when it was drawn; 0 when nobody asked.</param>
internal sealed record DrawnDevice(string DeviceId, string Silo, double InverseInclusion, double Inclusion, int Activity = 0);

/// <summary>Devices that a draw leaves out.</summary>
/// <param name="Task">The task.</param>
/// <param name="Name">A name of its own for each list: shards are told the list once and its name with every question.</param>
/// <param name="Devices">Their ids.</param>
internal sealed record RestList(string Task, string Name, IReadOnlyCollection<string> Devices);
