using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class AttendanceTests
{
    private const int Devices = 300;
    private const int Rounds = 4_000;

    private static readonly SelectionPopulation Population = SelectionPopulation.Zipf(Devices);
    private static readonly SelectionSpec Spec = new() { Weights = new UniformWeights(), Cohort = 12 };

    private static readonly Dictionary<int, SelectionShard[]> Cuts = new[] { 1, 2, 8 }.ToDictionary(shards => shards, shards => Population.Cut(shards, Spec.Weights));

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    public void Has_ManyRounds_IsTrueAsOftenAsTheAvailability(double availability)
    {
        var times = new int[Devices];
        foreach (var round in Enumerable.Range(1, Rounds))
        {
            foreach (var device in Enumerable.Range(0, Devices).Where(device => IsThere(round, device, availability)))
            {
                times[device]++;
            }
        }

        var (mean, error) = (availability * Rounds, Math.Sqrt(Rounds * availability * (1 - availability)));
        Assert.All(times, count => Assert.InRange((count - mean) / error, -4, 4));
        Assert.InRange((times.Sum() - (Devices * mean)) / (Math.Sqrt(Devices) * error), -4, 4);
    }

    [Fact]
    public void Has_NeighbouringRoundsAndDevices_IsIndependent()
    {
        var there = Enumerable.Range(1, Rounds).Select(round => Enumerable.Range(0, 8).Select(device => IsThere(round, device, 0.5)).ToArray()).ToArray();

        // Of independent fair coins half agree; 4 standard errors of n are 2·√n.
        AssertHalf(there.Zip(there.Skip(1)).SelectMany(pair => pair.First.Zip(pair.Second)));
        AssertHalf(there.SelectMany(round => round.Zip(round.Skip(1))));

        static void AssertHalf(IEnumerable<(bool First, bool Second)> pairs)
        {
            var all = pairs.ToArray();
            Assert.InRange(all.Count(pair => pair.First == pair.Second) - (all.Length / 2.0), -2 * Math.Sqrt(all.Length), 2 * Math.Sqrt(all.Length));
        }
    }

    [Fact]
    public void Has_AvailabilityOfOne_IsAlwaysTrue() => Assert.All(Enumerable.Range(0, 1000), device => Assert.True(IsThere(1, device, 1)));

    [Fact]
    public void Within_AnyRound_DrawsTheSameFromOneShardTwoAndEight()
    {
        for (var round = 1; round <= 50; round++)
        {
            var one = Draw(1, round);
            Assert.Equal(one, Draw(2, round));
            Assert.Equal(one, Draw(8, round));
            Assert.Equal(Spec.Cohort, one.Length);
            Assert.All(one, position => Assert.True(new Attendance(1, round, 0.4).Has(position)));
        }
    }

    [Fact]
    public void Within_ManyRoundsOfUniformSelection_IncludesEveryDeviceAlike()
    {
        var times = Enumerable.Range(1, Rounds).SelectMany(round => Draw(1, round)).CountBy(position => position).ToDictionary();

        // π = K/N whatever the availability is, because all devices are away equally often.
        var (mean, error) = (Rounds * 0.04, Math.Sqrt(Rounds * 0.04 * 0.96));
        Assert.All(Population.Positions, position => Assert.InRange((times.GetValueOrDefault(position) - mean) / error, -4, 4));
    }

    [Fact]
    public void Within_FewerThereThanTheCohort_LeavesThem()
    {
        var shards = Population.Cut(4, Spec.Weights);
        var attendance = new Attendance(1, 1, 0.01);
        var there = Population.Positions.Count(attendance.Has);

        Assert.InRange(there, 1, Spec.Cohort - 1);
        Assert.Equal(there, CohortSampler.Draw(Array.ConvertAll(shards, shard => shard.Within(attendance.Has)), Spec, 1, 1).Count);
    }

    private static bool IsThere(int round, int device, double availability) =>
        new Attendance(1, round, availability).Has(DevicePosition.OfIndex((ulong)device));

    private static ulong[] Draw(int shards, int round)
    {
        var there = Array.ConvertAll(Cuts[shards], shard => shard.Within(new Attendance(1, round, 0.4).Has));
        return [.. CohortSampler.Draw(there, Spec, 1, round).Select(member => member.Position).Order()];
    }
}
