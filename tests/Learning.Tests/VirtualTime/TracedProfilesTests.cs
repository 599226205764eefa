using System.Collections.Immutable;
using CsCheck;
using Sheaf.Learning.VirtualTime;

namespace Sheaf.Learning.Tests.VirtualTime;

public sealed class TracedProfilesTests
{
    private const int CycleMinutes = 40;

    private static readonly DeviceProfile Slow = new(1, 2, 3);
    private static readonly DeviceProfile Fast = new(10, 20, 30);

    [Fact]
    public void StaysOnline_AnyTrace_IsOnlineInEveryMinuteOfIt() =>
        Gen.Select(Gen.Bool.Array[CycleMinutes], Gen.Int[0, 200], Gen.Int[0, 120]).Sample((online, from, length) =>
        {
            var isAlways = !online.Contains(true);
            var profiles = Of(new TracedDevice(Slow, SpansOf(online)));
            var expected = Enumerable.Range(from, length + 1).All(minute => isAlways || online[minute % CycleMinutes]);

            Assert.Equal(expected, profiles.StaysOnline(5, TimeSpan.FromMinutes(from), TimeSpan.FromMinutes(from + length)));
            Assert.Equal(isAlways || online[from % CycleMinutes], profiles.IsOnline(5, TimeSpan.FromMinutes(from)));
        });

    [Fact]
    public void ProfileOf_ManyDevices_FollowAllOfTheTraceAboutEquallyOftenAndAlwaysTheSame()
    {
        var profiles = Of(new TracedDevice(Slow, []), new TracedDevice(Fast, []));
        var devices = Enumerable.Range(0, 10_000).Select(device => profiles.ProfileOf((ulong)device)).ToArray();

        Assert.InRange(devices.Count(profile => profile == Slow), 4_800, 5_200);
        Assert.Equal(devices, Enumerable.Range(0, 10_000).Select(device => profiles.ProfileOf((ulong)device)));
        Assert.NotEqual(devices, Enumerable.Range(0, 10_000).Select(device => (profiles with { Seed = 2 }).ProfileOf((ulong)device)));
    }

    private static TracedProfiles Of(params ImmutableArray<TracedDevice> devices) => new(1, TimeSpan.FromMinutes(CycleMinutes), devices);

    private static ImmutableArray<OnlineSpan> SpansOf(bool[] online)
    {
        var spans = ImmutableArray.CreateBuilder<OnlineSpan>();
        for (var minute = 0; minute < online.Length; minute++)
        {
            var begins = online[minute] && (minute == 0 || !online[minute - 1]);
            if (begins)
            {
                var until = Array.FindIndex(online, minute, isOnline => !isOnline);
                spans.Add(new OnlineSpan(TimeSpan.FromMinutes(minute), TimeSpan.FromMinutes(until < 0 ? online.Length : until)));
            }
        }

        return spans.ToImmutable();
    }
}
