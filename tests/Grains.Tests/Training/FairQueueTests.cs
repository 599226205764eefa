using CsCheck;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Tests.Training;

public sealed class FairQueueTests
{
    [Fact]
    public void Dequeue_OneOwnerAskedForMuchFirst_TheOtherGetsEveryOtherPiece()
    {
        var queue = new FairQueue<int>();
        Enumerable.Range(0, 10).ToList().ForEach(piece => queue.Enqueue("first", piece));
        Enumerable.Range(100, 3).ToList().ForEach(piece => queue.Enqueue("second", piece));

        var order = Drain(queue, _ => TimeSpan.FromSeconds(1)).Select(taken => taken.Piece);

        Assert.Equal([0, 100, 1, 101, 2, 102, 3, 4, 5, 6, 7, 8, 9], order);
    }

    [Fact]
    public void Dequeue_OnesPiecesCostThreeTimesAsMuch_TheOtherGetsThreeTimesAsMany()
    {
        var queue = new FairQueue<int>();
        Enumerable.Range(0, 30).ToList().ForEach(piece => queue.Enqueue("dear", piece));
        Enumerable.Range(0, 90).ToList().ForEach(piece => queue.Enqueue("cheap", piece));

        var firstForty = Drain(queue, owner => TimeSpan.FromSeconds(owner == "dear" ? 3 : 1)).Take(40);

        Assert.Equal(10, firstForty.Count(taken => taken.Owner == "dear"));
    }

    [Fact]
    public void Dequeue_WhoHadNothingWaiting_HasSavedNothingUp()
    {
        var queue = new FairQueue<int>();
        queue.Enqueue("busy", 0);
        queue.Enqueue("late", 1);
        // "late" did little and went; "busy" has worked alone since.
        Drain(queue, _ => TimeSpan.FromSeconds(1));
        Enumerable.Range(0, 100).ToList().ForEach(piece => queue.Enqueue("busy", piece));
        for (var i = 0; i < 50; i++)
        {
            Take(queue, _ => TimeSpan.FromSeconds(1));
        }

        Enumerable.Range(0, 100).ToList().ForEach(piece => queue.Enqueue("late", piece));
        var next = Enumerable.Range(0, 20).Select(_ => Take(queue, _ => TimeSpan.FromSeconds(1)).Owner).ToArray();

        Assert.InRange(next.Count(owner => owner == "late"), 10, 11);
    }

    [Fact]
    public void Dequeue_AnyOwnersWithAnyCosts_KeepsOrderLosesNothingAndStaysFair() =>
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 9].Array[4], Gen.Int[5, 40]).Sample((owners, costs, pieces) =>
        {
            var queue = new FairQueue<int>();
            for (var owner = 0; owner < owners; owner++)
            {
                Enumerable.Range(0, pieces).ToList().ForEach(piece => queue.Enqueue($"{owner}", piece));
            }

            var used = new double[owners];
            var next = new int[owners];
            while (queue.Count > 0)
            {
                var (name, piece) = Take(queue, name => TimeSpan.FromSeconds(costs[int.Parse(name)]));
                var owner = int.Parse(name);
                Assert.Equal(next[owner]++, piece);
                used[owner] += costs[owner];
                var waiting = Enumerable.Range(0, owners).Where(each => next[each] < pieces).Select(each => used[each]).ToArray();
                Assert.True(waiting.Length < 2 || waiting.Max() - waiting.Min() <= costs.Max());
            }

            Assert.All(next, taken => Assert.Equal(pieces, taken));
        });

    [Fact]
    public async Task Lanes_AnotherTaskHasAHundredPiecesWaiting_OnesOwnDoesNotWaitForThem()
    {
        using var lanes = new TrainingLanes(new NoTrainers(), new TrainingLaneOptions { Lanes = 1 });
        using var gate = new ManualResetEventSlim();
        var done = 0;
        var many = Enumerable.Range(0, 100).Select(piece => lanes.RunAsync("many", _ =>
        {
            gate.Wait();
            done++;
        })).ToArray();
        var doneBefore = -1;
        var few = lanes.RunAsync("few", _ => doneBefore = done);
        gate.Set();

        await few;
        await Task.WhenAll(many);

        Assert.Equal((1, 100), (doneBefore, done));
    }

    private static List<(string Owner, int Piece)> Drain(FairQueue<int> queue, Func<string, TimeSpan> cost)
    {
        var taken = new List<(string, int)>();
        while (queue.Count > 0)
        {
            taken.Add(Take(queue, cost));
        }

        return taken;
    }

    private static (string Owner, int Piece) Take(FairQueue<int> queue, Func<string, TimeSpan> cost)
    {
        Assert.True(queue.TryDequeue(out var owner, out var piece));
        queue.Charge(owner, cost(owner));
        return (owner, piece);
    }

    private sealed class NoTrainers : Sheaf.Learning.Training.ILocalTrainerFactory
    {
        public int PreferredBatch => 1;

        public Sheaf.Learning.Training.ILocalTrainer Create(Sheaf.Learning.Models.ModelArchitecture architecture) => throw new NotSupportedException();
    }
}
