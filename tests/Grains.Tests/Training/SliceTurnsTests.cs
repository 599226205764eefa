using Sheaf.Grains.Training;

namespace Sheaf.Grains.Tests.Training;

/// <summary>How many slices a silo works on at once.</summary>
public sealed class SliceTurnsTests : IDisposable
{
    private readonly SliceTurns _turns = new();

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Take_MoreThanAtOnce_WaitsInOrderForOneThatIsOver()
    {
        var (one, two) = (await _turns.TakeAsync("a", 2), await _turns.TakeAsync("a", 2));
        var (three, four) = (_turns.TakeAsync("a", 2), _turns.TakeAsync("a", 2));
        Assert.False(three.IsCompleted);

        one!.Dispose();
        one.Dispose();
        var third = await three;
        Assert.False(four.IsCompleted);
        two!.Dispose();
        third!.Dispose();
        (await four)!.Dispose();

        // All is over: who comes now finds as many turns as there were.
        Assert.All([_turns.TakeAsync("a", 2), _turns.TakeAsync("a", 2)], taking => Assert.True(taking.IsCompleted));
    }

    [Fact]
    public async Task Take_OfAnotherTask_DoesNotWait()
    {
        Assert.NotNull(await _turns.TakeAsync("a", 1));
        var waiting = _turns.TakeAsync("a", 1);

        Assert.NotNull(await _turns.TakeAsync("b", 1));
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Stop_TellsAllWhoWaitAndAllWhoCome()
    {
        Assert.NotNull(await _turns.TakeAsync("a", 1));
        var waiting = _turns.TakeAsync("a", 1);

        await _turns.StopAsync();

        Assert.Null(await waiting);
        Assert.Null(await _turns.TakeAsync("a", 1));
        Assert.Null(await _turns.TakeAsync("b", 1));
    }
}
