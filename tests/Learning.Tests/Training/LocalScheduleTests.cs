using CsCheck;
using Sheaf.Learning.Tests.Randomness;
using Sheaf.Learning.Training;

namespace Sheaf.Learning.Tests.Training;

public sealed class LocalScheduleTests
{
    [Fact]
    public void Plan_Epochs_UsesEveryExampleOncePerEpochInBatchesThatStayWithinIt() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 4], Gen.Int[1, 20], Gen.ULong).Sample((examples, epochs, batchSize, position) =>
        {
            var schedule = LocalSchedule.Plan(examples, new LocalTraining { Epochs = epochs, BatchSize = batchSize }, 1, 1, position);
            var stepsPerEpoch = (int)Math.Ceiling((double)examples / batchSize);
            Assert.Equal(epochs * stepsPerEpoch, schedule.Steps);
            Assert.Equal(examples, schedule.ExamplesUsed);
            foreach (var epoch in Batches(schedule).Chunk(stepsPerEpoch))
            {
                Assert.Equal(Enumerable.Range(0, examples), epoch.SelectMany(batch => batch).Order());
                Assert.All(epoch[..^1], batch => Assert.Equal(batchSize, batch.Length));
                Assert.InRange(epoch[^1].Length, 1, batchSize);
            }
        });

    [Fact]
    public void ExamplesOf_AnySchedule_IsWhatItsBatchesHold() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 4], Gen.Int[1, 20], Gen.Int[1, 30], Gen.Int[1, 30].Nullable()).Sample((examples, epochs, batchSize, most, steps) =>
        {
            var local = new LocalTraining { Epochs = epochs, BatchSize = batchSize, ExamplesMax = most, Steps = steps };

            Assert.Equal(Batches(LocalSchedule.Plan(examples, local, 1, 1, 1)).Sum(batch => batch.Length), LocalSchedule.ExamplesOf(examples, local));
            Assert.Equal(0, LocalSchedule.ExamplesOf(0, local));
        });

    [Fact]
    public void Plan_MoreExamplesThanTheCap_UsesTheSameRandomSubsetInEveryEpoch()
    {
        var local = new LocalTraining { Epochs = 3, BatchSize = 4, ExamplesMax = 10 };
        var schedule = LocalSchedule.Plan(100, local, 1, 1, 5);

        var epochs = Batches(schedule).Chunk(3).Select(epoch => epoch.SelectMany(batch => batch).Order().ToArray()).ToArray();

        Assert.Equal(10, schedule.ExamplesUsed);
        Assert.Equal(3, epochs.Length);
        Assert.Equal(10, epochs[0].Distinct().Count());
        Assert.All(epochs[0], example => Assert.InRange(example, 0, 99));
        Assert.All(epochs, epoch => Assert.Equal(epochs[0], epoch));
    }

    [Fact]
    public void Plan_CapOverManyRounds_UsesEveryExampleEquallyOften()
    {
        var counts = new int[20];
        for (var round = 1; round <= 4_000; round++)
        {
            // One example per round makes the counts multinomial.
            counts[LocalSchedule.Plan(20, new LocalTraining { ExamplesMax = 1 }, 1, round, 5).Batch(0)[0]]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Plan_Steps_CountBatchesInsteadOfEpochs(int steps)
    {
        // 7 examples in batches of 3, 3, 1, then the next epoch.
        var schedule = LocalSchedule.Plan(7, new LocalTraining { Epochs = 50, Steps = steps, BatchSize = 3 }, 1, 1, 5);

        Assert.Equal(steps, schedule.Steps);
        Assert.Equal(Enumerable.Range(0, steps).Select(step => step % 3 == 2 ? 1 : 3), Batches(schedule).Select(batch => batch.Length));
    }

    [Fact]
    public void Plan_Steps_AreThePrefixOfTheEpochs()
    {
        var epochs = Batches(LocalSchedule.Plan(7, new LocalTraining { Epochs = 2, BatchSize = 3 }, 1, 1, 5));
        var steps = Batches(LocalSchedule.Plan(7, new LocalTraining { Steps = 4, BatchSize = 3 }, 1, 1, 5));

        Assert.Equal(epochs[..4], steps);
    }

    [Fact]
    public void Plan_SameArguments_GivesTheSameBatchesAndAnotherSeedRoundOrDeviceOthers()
    {
        var local = new LocalTraining { Epochs = 2 };
        var first = Order(LocalSchedule.Plan(50, local, 1, 1, 1));

        Assert.Equal(first, Order(LocalSchedule.Plan(50, local, 1, 1, 1)));
        Assert.NotEqual(first, Order(LocalSchedule.Plan(50, local, 2, 1, 1)));
        Assert.NotEqual(first, Order(LocalSchedule.Plan(50, local, 1, 2, 1)));
        Assert.NotEqual(first, Order(LocalSchedule.Plan(50, local, 1, 1, 2)));
        Assert.NotEqual(first[..50], first[50..]);
    }

    [Fact]
    public void Plan_NoExample_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LocalSchedule.Plan(0, new LocalTraining(), 1, 1, 1));

    private static int[][] Batches(LocalSchedule schedule) =>
        [.. Enumerable.Range(0, schedule.Steps).Select(step => schedule.Batch(step).ToArray())];

    private static int[] Order(LocalSchedule schedule) => [.. Batches(schedule).SelectMany(batch => batch)];
}
