using System.Collections.Concurrent;
using CsCheck;

namespace Sheaf.Learning.Tests.Rounds;

public sealed class RoundLedgerPropertyTests
{
    [Fact]
    public void Apply_AnyOrderOfEventsInAnUnkindWorld_KeepsTheLawsAndEndsTheRound()
    {
        var seen = new ConcurrentDictionary<string, int>();
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 6], Gen.Bool, Gen.UInt.Array[0, 400]).Sample((silos, slices, isOrderly, choices) =>
        {
            var world = new RoundWorld(silos, slices, isOrderly, choices);
            world.Run();
            foreach (var (what, times) in world.Seen)
            {
                seen.AddOrUpdate(what, times, (_, sum) => sum + times);
            }
        }, iter: 8_000);

        // The laws would hold in a world where nothing goes wrong, too.
        string[] must =
        [
            "committed", "retracted", "death", "lost", "merged", "merge refused", "erase waits", "erase while Pending",
            "erase while Running", "erase while Accepted", "erase while Merged", "erase while Merged again",
            "stored", "erase while Durable", "stored copy lost alone", "stored copy lost beside the live sum", "stored sum collected", "resumed",
            "taken over anew",
        ];
        Assert.All(must, what => Assert.True(seen.GetValueOrDefault(what) >= 100, $"'{what}' was seen {seen.GetValueOrDefault(what)} times."));
    }
}
