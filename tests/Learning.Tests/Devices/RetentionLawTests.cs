using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Devices;

public sealed class RetentionLawTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<RetentionPolicy> Policies =
        from count in Gen.Int[1, 12].Nullable()
        from age in Gen.Int[1, 40].Nullable()
        from bytes in Gen.Long[1, 60].Nullable()
        from periods in Gen.Int[1, 4].Nullable()
        from reservoir in Gen.Bool
        from trainOnce in Gen.Bool
        select new RetentionPolicy
        {
            ExamplesMax = count,
            AgeMax = age is { } a ? TimeSpan.FromMinutes(a) : null,
            BytesMax = bytes,
            PeriodsMax = periods,
            Overflow = reservoir && count is not null ? OverflowRule.Reservoir : OverflowRule.OldestFirst,
            TrainOnce = trainOnce,
        };

    // Ten minutes are a period; ids ascend with time, as rows of one device do.
    private static readonly Gen<ExampleFacts[]> Examples =
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 20], Gen.Bool).Array[0, 30].Select(examples => examples.OrderBy(each => each.Item1)
            .Select((each, id) => new ExampleFacts(id, Start.AddMinutes(each.Item1), each.Item1 / 10, each.Item2, each.Item3)).ToArray());

    private static readonly Gen<RetentionMoment> Moments = Gen.Int[0, 90].Select(At);

    [Fact]
    public void Kept_AnyPolicy_IsWhatTheRulesSayOneAfterTheOther() =>
        Gen.Select(Policies, Examples, Moments).Sample((policy, examples, moment) =>
        {
            var stay = examples.Where(each => !(policy.AgeMax <= moment.Time - each.Time)
                && !(each.Period <= moment.Period - policy.PeriodsMax) && !(policy.TrainOnce && each.Committed) && !(each.Bytes > policy.BytesMax));
            stay = policy.Overflow == OverflowRule.Reservoir
                ? stay.OrderBy(each => Prf.Value(3, Purpose.Reservoir, 4, (ulong)each.Id))
                : stay.OrderByDescending(each => each.Time).ThenByDescending(each => each.Id);
            var counted = stay.Take(policy.ExamplesMax ?? int.MaxValue).OrderByDescending(each => each.Time).ThenByDescending(each => each.Id).ToArray();
            var fitting = counted.Where((_, i) => !(counted.Take(i + 1).Sum(each => each.Bytes) > policy.BytesMax));

            Assert.Equal(fitting.OrderBy(each => each.Id), Apply(policy, examples, moment));
        }, iter: 2000);

    [Fact]
    public void Kept_AnyPolicy_KeepsItsLimits() => Gen.Select(Policies, Examples, Moments).Sample((policy, examples, moment) =>
    {
        var kept = Apply(policy, examples, moment);

        Assert.False(kept.Length > policy.ExamplesMax);
        Assert.False(kept.Sum(each => (long)each.Bytes) > policy.BytesMax);
        Assert.DoesNotContain(kept, each => moment.Time - each.Time >= policy.AgeMax);
        Assert.DoesNotContain(kept, each => policy.TrainOnce && each.Committed);
        Assert.False(kept.Where(each => each.Period <= moment.Period).Select(each => each.Period).Distinct().Count() > policy.PeriodsMax);
    });

    [Fact]
    public void Kept_AppliedTwice_DropsNothingMore() => Gen.Select(Policies, Examples, Moments).Sample((policy, examples, moment) =>
    {
        var kept = Apply(policy, examples, moment);

        Assert.Equal(kept, Apply(policy, kept, moment));
    });

    [Fact]
    public void Kept_ExamplesInAnyOrder_AreTheSame() =>
        Gen.Select(Policies, Examples, Moments, Gen.ULong).Sample((policy, examples, moment, seed) =>
        {
            var shuffled = examples.ToArray();
            new PrfSequence(seed).Shuffle<ExampleFacts>(shuffled);

            Assert.Equal(Apply(policy, examples, moment), Apply(policy, shuffled, moment).OrderBy(each => each.Id));
        });

    [Fact]
    public void Kept_Later_IsASubset() => Gen.Select(Policies, Examples, Gen.Int[0, 90], Gen.Int[0, 30]).Sample((policy, examples, now, wait) =>
    {
        var kept = Apply(policy, examples, At(now));
        var fromAll = policy.Overflow == OverflowRule.Reservoir ? kept : examples;

        Assert.Subset(kept.ToHashSet(), Apply(policy, fromAll, At(now + wait)).ToHashSet());
    });

    [Fact]
    public void Kept_OldestFirstInBatches_IsAsAtOnce() => Gen.Select(Policies, Examples, Gen.Int[1, 5]).Sample((policy, examples, batch) =>
    {
        policy = policy with { Overflow = OverflowRule.OldestFirst };

        Assert.Equal(Apply(policy, examples, At(70)), InBatches(policy, examples, batch));
    });

    [Fact]
    public void Kept_ReservoirInBatchesOfAnyOrder_IsAsAtOnce() =>
        Gen.Select(Examples, Gen.Int[1, 5], Gen.Int[1, 12], Gen.ULong).Sample((examples, batch, max, seed) =>
        {
            var policy = new RetentionPolicy { ExamplesMax = max, Overflow = OverflowRule.Reservoir };
            var shuffled = examples.ToArray();
            new PrfSequence(seed).Shuffle<ExampleFacts>(shuffled);

            Assert.Equal(Apply(policy, examples, At(70)), InBatches(policy, shuffled, batch).OrderBy(each => each.Id));
        });

    [Fact]
    public void Kept_ReservoirsOfManyDevices_KeepEveryArrivalEquallyOften()
    {
        var policy = new RetentionPolicy { ExamplesMax = 5, Overflow = OverflowRule.Reservoir };
        var examples = Enumerable.Range(0, 20).Select(id => new ExampleFacts(id, Start.AddMinutes(id), 0, 1)).ToArray();
        var times = new int[20];
        for (ulong device = 0; device < 8_000; device++)
        {
            foreach (var index in policy.Kept(examples, At(70), seed: 9, DevicePosition.OfIndex(device)))
            {
                times[index]++;
            }
        }

        // A quarter of 8,000 each, with a standard deviation of √(8,000·¼·¾) ≈ 39.
        Assert.All(times, count => Assert.InRange(count, 2_000 - (4 * 39), 2_000 + (4 * 39)));
    }

    [Fact]
    public void NextExpiry_AnyHeld_IsWhenTheFirstGoesByAge() => Gen.Select(Gen.Int[1, 40], Examples).Sample((age, held) =>
    {
        var policy = new RetentionPolicy { AgeMax = TimeSpan.FromMinutes(age) };
        if (policy.NextExpiry(held) is not { } expiry)
        {
            Assert.Empty(held);
            return;
        }

        Assert.Equal(held.Length, Apply(policy, held, new RetentionMoment(expiry.AddTicks(-1), 0)).Length);
        Assert.True(Apply(policy, held, new RetentionMoment(expiry, 0)).Length < held.Length);
    });

    [Fact]
    public void NextExpiryPeriod_AnyHeld_IsWhenTheFirstGoesByPeriod() => Gen.Select(Gen.Int[1, 4], Examples).Sample((periods, held) =>
    {
        var policy = new RetentionPolicy { PeriodsMax = periods };
        if (policy.NextExpiryPeriod(held) is not { } expiry)
        {
            Assert.Empty(held);
            return;
        }

        Assert.Equal(held.Length, Apply(policy, held, new RetentionMoment(Start, expiry - 1)).Length);
        Assert.True(Apply(policy, held, new RetentionMoment(Start, expiry)).Length < held.Length);
    });

    private static RetentionMoment At(int minute) => new(Start.AddMinutes(minute), minute / 10);

    private static ExampleFacts[] Apply(RetentionPolicy policy, ExampleFacts[] examples, RetentionMoment moment) =>
        Array.ConvertAll(policy.Kept(examples, moment, seed: 3, position: 4), index => examples[index]);

    private static ExampleFacts[] InBatches(RetentionPolicy policy, ExampleFacts[] examples, int batch) => Apply(
        policy,
        examples.Chunk(batch).Aggregate(
            Array.Empty<ExampleFacts>(),
            (held, arrived) => Apply(policy, [.. held, .. arrived], new RetentionMoment(arrived[^1].Time, arrived[^1].Period))),
        At(70));
}
