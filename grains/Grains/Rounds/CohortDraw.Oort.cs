using Sheaf.Grains.Activity;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <content>
/// Draws as Oort does. What travels: the ids of the devices that have ever taken part, to their shards; back whether each may be selected, and of
/// all others little more than a shard's part of those among whom is explored. Shards look at every active device: O(devices) a round.
/// </content>
internal sealed partial class CohortDraw
{
    /// <summary>Draws.</summary>
    /// <param name="spec">The constants.</param>
    /// <param name="explored">The devices that have taken part.</param>
    /// <param name="seed">The seed of the task.</param>
    /// <param name="round">The round.</param>
    /// <returns>The cohort, sorted by id. Inclusion probabilities are not known and given as 1.</returns>
    public Task<DrawnDevice[]> DrawAsync(OortSpec spec, ExploredList explored, ulong seed, int round) =>
        RetryAsync(() => DrawOnceAsync(spec, explored, seed, round));

    private async Task<DrawnDevice[]> DrawOnceAsync(OortSpec spec, ExploredList explored, ulong seed, int round)
    {
        var column = DrawColumn.Of(basis, new UniformWeights()) with { Resting = await RestAsync(), Attendance = Attendance, Now = Clock?.Now, Decay = decay };
        var shards = Array.ConvertAll(_shards, shard => shard.AsReference<IOortShard>());
        var byShard = explored.Devices.ToLookup(device => DevicePosition.ShardOf(DevicePosition.Of(device.DeviceId), shards.Length));
        await Task.WhenAll(shards.Select(
            (shard, number) => shard.ExploreAsync(explored.Task, explored.Name, [.. byShard[number].Select(device => device.DeviceId)])));
        var totals = (await AskAsync(shard => shard.GetTotalsAsync(column))).Aggregate(default(ShardTotals), (left, right) => left + right);

        Present = totals.Devices;
        var draw = new OortDraw(spec, OortPacer.Start(spec), totals.Devices, round, seed);
        var question = new OortQuestion(column, explored.Name, seed, round, draw.Cap, spec.ExamplesPerRoundMax);
        var counts = await Task.WhenAll(shards.Select(shard => shard.CountOortAsync(question)));
        if (counts.Sum(shard => (long)shard.Active) != totals.Devices)
        {
            throw new InvalidOperationException($"Devices of population '{population}' changed during the draw. Draw again.");
        }

        draw.Count(counts.SelectMany((shard, number) => KnownOf(byShard[number], shard, number)), Array.ConvertAll(counts, shard => shard.Unexplored));
        while (draw.Queries.Count > 0)
        {
            var queries = draw.Queries.ToArray();
            var answers = await Task.WhenAll(
                queries.Select(query => shards[query.Shard].FirstOortAsync(counts[query.Shard].Contents, question, query.IsFloor, query.Count)));
            for (var i = 0; i < queries.Length; i++)
            {
                draw.Answer(queries[i], answers[i]);
            }
        }

        return await IdentifyAsync(draw.Cohort, Array.ConvertAll(counts, shard => (shard.Silo, shard.Contents)));
    }

    // A device that the shard does not know is none any more.
    private static IEnumerable<OortKnown> KnownOf(IEnumerable<(string DeviceId, DeviceReport Report)> explored, OortCounts shard, int number) =>
        explored.Zip(shard.Explored, shard.IsEligible).Where(each => each.Second >= 0).Select(each => new OortKnown(
            DevicePosition.Of(each.First.DeviceId),
            number,
            each.Second,
            new OortReport(each.First.Report.Value, each.First.Report.Round, TimeSpan.Zero),
            each.Third));
}
