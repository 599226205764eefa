using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <content>What Oort asks.</content>
internal sealed partial class ActivityShardGrain
{
    private readonly RestLists _explored = new();
    private (OortQuestion Question, ulong Contents, int[] Explored, OortShard Shard)? _oort;

    public Task ExploreAsync(string task, string name, string[] deviceIds)
    {
        _explored.Set(task, name, deviceIds);
        return Task.CompletedTask;
    }

    public Task<OortCounts> CountOortAsync(OortQuestion question)
    {
        var (explored, shard) = OortBy(question);
        return Task.FromResult(new OortCounts(
            shard.Active, shard.Unexplored, explored, Array.ConvertAll(explored, shard.EligibleExplored.Contains), silo.SiloAddress, Table.Contents));
    }

    public Task<OortEntry[]> FirstOortAsync(ulong contents, OortQuestion question, bool isFloor, int count)
    {
        EnsureContents(contents);
        return Task.FromResult(OortBy(question).Shard.First(isFloor, count));
    }

    // One draw asks a few times; only the latest is kept.
    private (int[] Explored, OortShard Shard) OortBy(OortQuestion question)
    {
        if (_oort is not { } known || known.Question != question || known.Contents != Table.Contents)
        {
            var explored = Array.ConvertAll(_explored.Of(question.Explored), Table.IndexOf);
            var spec = new OortSpec { ExamplesPerRoundMax = question.ExamplesPerRoundMax };
            var candidates = Table.EntriesOf(SelectionBy(question.Column), question.Column);
            var shard = new OortShard(candidates, explored.Where(index => index >= 0), spec, question.Cap, question.Round, question.Seed);
            _oort = known = (question, Table.Contents, explored, shard);
        }

        return (known.Explored, known.Shard);
    }
}
