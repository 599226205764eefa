using CsCheck;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Learning.Tests.VirtualTime;

public sealed class GeneratedProfilesTests
{
    private const int Devices = 2_000;

    private static readonly GeneratedProfiles Nightly = new()
    {
        Seed = 3,
        ExamplesPerSecond = 40,
        ComputeSpread = 0.5,
        DownloadPerSecond = 1e6,
        UploadPerSecond = 2e5,
        NetworkSpread = 0.8,
        Availability = 0.4,
        Swing = 4,
        PeakHour = 2,
        Session = TimeSpan.FromMinutes(30),
    };

    [Fact]
    public void ProfileOf_ManyDevices_LogarithmsHaveTheMedianAndTheSpread()
    {
        var profiles = Enumerable.Range(0, Devices).Select(device => Nightly.ProfileOf((ulong)device)).ToArray();

        AssertLogNormal(profiles.Select(profile => profile.ExamplesPerSecond), 40, 0.5);
        AssertLogNormal(profiles.Select(profile => profile.DownloadPerSecond), 1e6, 0.8);
        // Who receives fast sends fast.
        Assert.All(profiles, profile => Assert.Equal(5, profile.DownloadPerSecond / profile.UploadPerSecond, 9));

        static void AssertLogNormal(IEnumerable<double> values, double median, double spread)
        {
            var logs = values.Select(value => Math.Log(value / median)).ToArray();
            Assert.InRange(logs.Average() / (spread / Math.Sqrt(Devices)), -4, 4);
            Assert.InRange(Math.Sqrt(logs.Average(log => log * log)) / spread, 1 - (4 / Math.Sqrt(2 * Devices)), 1 + (4 / Math.Sqrt(2 * Devices)));
        }
    }

    [Fact]
    public void IsOnline_WholeDays_IsTrueForTheAvailabilityAndSwingsAsOftenAsItSays()
    {
        var byHour = Enumerable.Range(0, 24).Select(hour => Enumerable.Range(0, 10).Sum(day => OnlineAt((day * 24) + hour))).ToArray();
        const double Asked = 10.0 * Devices;

        Assert.InRange((byHour.Sum() / (24 * Asked)) - 0.4, -0.01, 0.01);
        // p(peak) = 0.4 · (1 + 0.6), p(twelve hours later) = 0.4 · (1 − 0.6).
        Assert.InRange((byHour[2] / Asked) - 0.64, -0.02, 0.02);
        Assert.InRange((byHour[14] / Asked) - 0.16, -0.02, 0.02);

        static int OnlineAt(int hour) => Enumerable.Range(0, Devices).Count(device => Nightly.IsOnline((ulong)device, TimeSpan.FromHours(hour)));
    }

    [Fact]
    public void IsOnline_DaysSpreadOverAllHours_AreTheSameNumberAtEveryHour()
    {
        var everywhere = Nightly with { ZoneHours = 24 };

        Assert.All([2, 8, 14, 20], hour => Assert.InRange(
            Enumerable.Range(0, 10 * Devices).Count(device => everywhere.IsOnline((ulong)device, TimeSpan.FromHours(hour))) / (10.0 * Devices), 0.38, 0.42));
    }

    [Fact]
    public void StaysOnline_AnySpan_IsOnlineAtEveryMomentOfIt() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 5000], Gen.Int[0, 200]).Sample((device, from, length) =>
        {
            var isOnline = Enumerable.Range(from, length + 1).All(minute => Nightly.IsOnline(device, TimeSpan.FromMinutes(minute)));

            // A session of half an hour has a whole minute in it, but for the one that has only just begun at the end of the span.
            Assert.Equal(isOnline, Nightly.StaysOnline(device, TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(from + length)));
        });

    [Fact]
    public void IsOnline_WithinASession_DoesNotChange()
    {
        var changes = Enumerable.Range(0, Devices).Sum(device => Enumerable.Range(0, 30).Count(minute =>
            Nightly.IsOnline((ulong)device, TimeSpan.FromMinutes(minute)) != Nightly.IsOnline((ulong)device, TimeSpan.FromMinutes(minute + 1))));

        // In half an hour every device begins one session, which is another state with the probability 2p(1 − p), p ≈ 0.62.
        Assert.InRange(changes / (double)Devices, 0.40, 0.55);
    }

    [Fact]
    public void IsOnline_AvailabilityOfOne_Always() =>
        Assert.All(Enumerable.Range(0, 1000), hour => Assert.True((Nightly with { Availability = 1, Swing = 1 }).IsOnline(7, TimeSpan.FromHours(hour))));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 0.625)]
    public void AvailabilityMax_OfASwing_MakesTheLargestProbabilityOne(double swing, double availability) =>
        Assert.Equal(availability, GeneratedProfiles.AvailabilityMax(swing));
}
