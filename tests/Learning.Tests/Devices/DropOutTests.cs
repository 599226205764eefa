using Sheaf.Learning.Devices;

namespace Sheaf.Learning.Tests.Devices;

public sealed class DropOutTests
{
    private const int Devices = 400;
    private const int Rounds = 500;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Takes_ManyDevicesAndRounds_TakesTheShareOfEachDeviceAndOfEachRound(double probability)
    {
        var (byDevice, byRound) = (new int[Devices], new int[Rounds]);
        foreach (var (device, round) in from device in Enumerable.Range(0, Devices) from round in Enumerable.Range(0, Rounds) select (device, round))
        {
            var taken = Takes(probability, round, device) ? 1 : 0;
            byDevice[device] += taken;
            byRound[round] += taken;
        }

        // Within 4 standard errors in all, and within 5 for every one of the 900 margins: a chance of one in two thousand that one is outside.
        Assert.InRange(byDevice.Sum(), Low(Devices * Rounds, 4), High(Devices * Rounds, 4));
        Assert.All(byDevice, count => Assert.InRange(count, Low(Rounds, 5), High(Rounds, 5)));
        Assert.All(byRound, count => Assert.InRange(count, Low(Devices, 5), High(Devices, 5)));

        double Low(int trials, int errors) => (probability * trials) - (errors * Math.Sqrt(trials * probability * (1 - probability)));
        double High(int trials, int errors) => (2 * probability * trials) - Low(trials, errors);
    }

    [Fact]
    public void Takes_NeighbouringRoundsDevicesAndSeeds_AreIndependent()
    {
        const double P = 0.5;
        var pairs = Enumerable.Range(0, 20_000).Select(i => (Device: i / 100, Round: i % 100)).ToArray();
        var first = Array.ConvertAll(pairs, pair => Takes(P, pair.Round, pair.Device));

        AssertHalfAgree(pair => Takes(P, pair.Round + 1, pair.Device));
        AssertHalfAgree(pair => Takes(P, pair.Round, pair.Device + 1));
        AssertHalfAgree(pair => Takes(P, pair.Round, pair.Device, seed: 2));

        // Of independent fair coins half agree; 4 standard errors of 20,000 are 283.
        void AssertHalfAgree(Converter<(int Device, int Round), bool> other) =>
            Assert.InRange(first.Zip(Array.ConvertAll(pairs, other)).Count(both => both.First == both.Second), 10_000 - 283, 10_000 + 283);
    }

    [Fact]
    public void Takes_Zero_TakesNobody() => Assert.DoesNotContain(Enumerable.Range(0, 1000), device => Takes(0, 1, device));

    private static bool Takes(double probability, int round, int device, ulong seed = 1) =>
        DropOut.Takes(probability, seed, round, DevicePosition.OfIndex((ulong)device));
}
