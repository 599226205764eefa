using Sheaf.Grains.Activity;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Tests;

/// <summary>Draws from those who are there.</summary>
[Collection(Clusters.Name)]
public sealed class AttendanceDrawTests(SharedClusters shared)
{
    private const string Population = "attendance";
    private const ulong Seed = 5;

    [Fact]
    public async Task Draw_SomeAwayAndSomeResting_HasNeither()
    {
        await shared.One.RegisterAsync(Population);
        for (var round = 1; round <= 5; round++)
        {
            var attendance = new Attendance(Seed, round, 0.5);
            var before = await DrawAsync(round, attendance, TinyStudy.Selection);
            var rested = await DrawAsync(round, attendance, TinyStudy.Selection, before);

            Assert.All(before.Concat(rested), device => Assert.True(attendance.Has(DevicePosition.Of(device))));
            Assert.Empty(before.Intersect(rested));
            Assert.Equal(TinyStudy.Cohort, before.Length);
            Assert.NotEqual(before, await DrawAsync(round, null, TinyStudy.Selection));
        }
    }

    [Fact]
    public async Task Draw_RoundRobin_LeavesOutOfEachTurnThoseWhoAreAway()
    {
        await shared.One.RegisterAsync(Population);
        var sweep = TinyStudy.Selection with { Design = SelectionDesign.RoundRobin };
        var missed = 0;
        for (var round = 1; round <= 5; round++)
        {
            var attendance = new Attendance(Seed, round, 0.5);
            var turn = await DrawAsync(round, null, sweep);
            var there = turn.Where(device => attendance.Has(DevicePosition.Of(device))).ToArray();

            Assert.Equal(there, await DrawAsync(round, attendance, sweep));
            missed += turn.Length - there.Length;
        }

        Assert.InRange(missed, 1, TinyStudy.Devices - 1);
    }

    private async Task<string[]> DrawAsync(int round, Attendance? attendance, SelectionSpec spec, string[]? resting = null)
    {
        var draw = new CohortDraw(shared.One.Grains, Population, TinyStudy.Shards, DrawBasis.Current)
        {
            Attendance = attendance,
            Resting = resting is null ? null : new RestList("attendance", $"attendance/1/{round}", resting),
        };
        return Array.ConvertAll(await draw.DrawAsync(spec, Seed, round, SelectionPurposes.Training), device => device.DeviceId);
    }
}
