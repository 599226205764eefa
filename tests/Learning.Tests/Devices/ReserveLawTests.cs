using CsCheck;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Tests.Devices;

/// <summary>What a policy with a reserve keeps besides what it keeps without one.</summary>
public sealed class ReserveLawTests
{
    private const int LastPeriod = 7;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<RetentionPolicy> Policies =
        from periods in Gen.Int[1, 4]
        from count in Gen.Int[1, 12].Nullable()
        from reserve in Gen.Int[1, 8]
        select new RetentionPolicy { PeriodsMax = periods, ExamplesMax = count, Reserve = reserve };

    private static readonly Gen<ExampleFacts[]> Examples = Gen.Int[0, 10 * LastPeriod].Array[0, 40].Select(minutes =>
        minutes.Order().Select((minute, id) => new ExampleFacts(id, Start.AddMinutes(minute), minute / 10, Bytes: 1)).ToArray());

    [Fact]
    public void Kept_WithAReserve_AddsTheFirstOfWhatWouldGo() => Gen.Select(Policies, Examples).Sample((policy, examples) =>
    {
        var without = Apply(policy with { Reserve = 0 }, examples, LastPeriod);
        var reserve = examples.Except(without).OrderBy(each => Prf.Value(3, Purpose.Replay, 4, (ulong)each.Id)).Take(policy.Reserve);

        Assert.Equal(without.Concat(reserve).OrderBy(each => each.Id), Apply(policy, examples, LastPeriod));
    });

    [Fact]
    public void Kept_PeriodByPeriod_IsAsAtOnce() => Gen.Select(Policies, Examples).Sample((policy, examples) =>
    {
        var held = Array.Empty<ExampleFacts>();
        for (var period = 0; period <= LastPeriod; period++)
        {
            held = Apply(policy, [.. held, .. examples.Where(each => each.Period == period)], period);
            Assert.Equal(held, Apply(policy, held, period));
        }

        Assert.Equal(Apply(policy, examples, LastPeriod), held);
    });

    [Fact]
    public void Kept_AgeAndBytes_HoldForTheReserveToo() => Gen.Select(Policies, Examples, Gen.Int[1, 60], Gen.Int[1, 20]).Sample((policy, examples, age, bytes) =>
    {
        var kept = Apply(policy with { AgeMax = TimeSpan.FromMinutes(age), BytesMax = bytes }, examples, LastPeriod);

        Assert.All(kept, each => Assert.True(Start.AddMinutes(10 * LastPeriod) - each.Time < TimeSpan.FromMinutes(age)));
        Assert.InRange(kept.Length, 0, bytes);
    });

    [Fact]
    public void Kept_ReserveThatWasChosen_KeepsThatAndNoMore() => Gen.Select(Policies, Examples, Gen.ULong).Sample((policy, examples, seed) =>
    {
        var moment = new RetentionMoment(Start.AddMinutes(10 * LastPeriod), LastPeriod);
        var candidates = policy.ReserveCandidates(examples, moment, seed: 3, position: 4);
        new PrfSequence(seed).Shuffle<int>(candidates);
        var chosen = candidates.Take(policy.Reserve).Select(index => examples[index].Id).ToHashSet();
        // What is not a candidate has no place, whoever names it.
        chosen.Add(long.MaxValue);

        var kept = policy.Kept(examples, moment, seed: 3, position: 4, chosen).Select(index => examples[index].Id);

        var without = Apply(policy with { Reserve = 0 }, examples, LastPeriod).Select(each => each.Id);
        Assert.Equal(without.Concat(chosen.Where(id => id < examples.Length)).Order(), kept);
    });

    [Fact]
    public void NextExpiryPeriod_WithAReserve_IsWhenTheFirstHasNoPlaceInIt() => Gen.Select(Gen.Int[1, 4], Gen.Int[0, 8], Examples).Sample((periods, reserve, held) =>
    {
        var policy = new RetentionPolicy { PeriodsMax = periods, Reserve = reserve };
        if (policy.NextExpiryPeriod(held) is not { } expiry)
        {
            Assert.InRange(held.Length, 0, reserve);
            return;
        }

        Assert.Equal(held.Length, Apply(policy, held, expiry - 1).Length);
        Assert.True(Apply(policy, held, expiry).Length < held.Length);
    });

    [Theory]
    [InlineData(-1, 1, null, false, "Reserve is -1: choose at least 1, or leave it out to keep none.")]
    [InlineData(5, null, null, false, "Reserve is 5 without PeriodsMax and ExamplesMax: say what would go otherwise, or leave it out.")]
    [InlineData(5, null, 3, true, "Reserve is 5 with TrainOnce: one keeps to train on what the other deletes when it was trained on, choose one of them.")]
    public void Problems_AReserveThatCannotBe_SaysWhy(int reserve, int? periods, int? count, bool trainOnce, string expected) => Assert.Equal(
        [expected], new RetentionPolicy { Reserve = reserve, PeriodsMax = periods, ExamplesMax = count, TrainOnce = trainOnce }.Problems());

    private static ExampleFacts[] Apply(RetentionPolicy policy, ExampleFacts[] examples, int period) => Array.ConvertAll(
        policy.Kept(examples, new RetentionMoment(Start.AddMinutes(10 * period), period), seed: 3, position: 4), index => examples[index]);
}
