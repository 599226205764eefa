using Sheaf.Abstractions;
using Sheaf.Silo.Storage.Grouped;

namespace Sheaf.Grains.Tests.Storage;

/// <summary>How what is asked for one by one becomes batches.</summary>
public sealed class GroupingTests
{
    private readonly List<int[]> _batches = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<int, Exception?> _failure = _ => null;

    [Fact]
    public async Task Ask_WhileABatchIsUnderWay_GoesIntoTheNextTogether()
    {
        var grouping = Make();
        var answers = Enumerable.Range(1, 5).Select(grouping.AskAsync).ToArray();
        _first.SetResult();

        var results = await Task.WhenAll(answers);
        Assert.Equal([10, 20, 30, 40, 50], results);
        // The first went alone, or with whoever came before its lane had begun.
        Assert.Equal([1, 2, 3, 4, 5], _batches.SelectMany(batch => batch));
        Assert.InRange(_batches.Count, 1, 2);
    }

    [Fact]
    public async Task Ask_TwiceTheSame_NeverInOneBatch()
    {
        var grouping = Make();
        var answers = new[] { 1, 7, 7, 8, 7 }.Select(grouping.AskAsync).ToArray();
        _first.SetResult();

        var results = await Task.WhenAll(answers);
        Assert.Equal([10, 70, 70, 80, 70], results);
        Assert.All(_batches, batch => Assert.Equal(batch.Length, batch.Distinct().Count()));
        Assert.Equal(3, _batches.Count(batch => batch.Contains(7)));
    }

    [Fact]
    public async Task Ask_MoreThanABatchTakes_MakesMoreBatches()
    {
        var grouping = Make();
        var answers = Enumerable.Range(0, 1201).Select(grouping.AskAsync).ToArray();
        _first.SetResult();
        await Task.WhenAll(answers);

        Assert.All(_batches, batch => Assert.InRange(batch.Length, 1, Grouping<int, int>.ItemsMax));
        Assert.Equal(Enumerable.Range(0, 1201), _batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Ask_LargeItems_FewOfThemInABatch()
    {
        var grouping = Make(size: Grouping<int, int>.BytesMax / 2);
        var answers = Enumerable.Range(0, 9).Select(grouping.AskAsync).ToArray();
        _first.SetResult();
        await Task.WhenAll(answers);

        Assert.All(_batches, batch => Assert.InRange(batch.Length, 1, 2));
    }

    [Fact]
    public async Task Fail_OfOne_LeavesTheOthers()
    {
        _failure = item => item == 3 ? new InvalidOperationException("no") : null;
        var grouping = Make();
        var answers = Enumerable.Range(1, 5).Select(grouping.AskAsync).ToArray();
        _first.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(answers));
        Assert.Equal([3], Enumerable.Range(1, 5).Where(item => answers[item - 1].IsFaulted));
    }

    [Fact]
    public async Task Fail_ForAWhile_IsTheAnswerOfAllAndNobodyIsTriedAlone()
    {
        _failure = item => item == 2 ? new StorageFailedException("The disk is full.", isPassing: true) : null;
        var grouping = Make();
        var answers = Enumerable.Range(1, 5).Select(grouping.AskAsync).ToArray();
        _first.SetResult();

        await Assert.ThrowsAsync<StorageFailedException>(() => Task.WhenAll(answers));
        var with2 = Assert.Single(_batches, batch => batch.Contains(2));
        Assert.Equal(with2, Enumerable.Range(1, 5).Where(item => answers[item - 1].IsFaulted));
        // What comes later is tried anew.
        _failure = _ => null;
        Assert.Equal(20, await grouping.AskAsync(2));
    }

    private Grouping<int, int> Make(int size = 1) => new(1, item => new RowKey("number", $"{item}"), _ => size, async items =>
    {
        lock (_batches)
        {
            _batches.Add([.. items]);
        }

        await _first.Task;
        return items.Select(_failure).FirstOrDefault(failure => failure is not null) is { } failed ? throw failed : [.. items.Select(item => item * 10)];
    });
}
