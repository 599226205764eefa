using Sheaf.Abstractions.Tasks;

namespace Sheaf.Grains.Tests.Rounds;

/// <summary>Every outcome of a device has a shape of its own.</summary>
public sealed class SessionShapesTests
{
    [Fact]
    public void Shapes_OfAllOutcomes_AreOneEach()
    {
        var outcomes = new DeviceOutcomes(1, 2, 3, 4, 5, 6, 7, 8);

        Assert.Equal(36, outcomes.ByName().Sum(each => each.Devices));
        Assert.Equal(outcomes.ByName().Select(each => each.Outcome).Order(StringComparer.Ordinal), SessionShapes.All.Select(shape => shape.Outcome).Order(StringComparer.Ordinal));
        Assert.Equal(SessionShapes.All.Length, SessionShapes.All.Select(shape => shape.Shape).Distinct().Count());
    }

    [Fact]
    public void Count_OfSeveralRounds_AddsUpByShape()
    {
        var counts = SessionShapes.Count([new DeviceOutcomes(9, 1, 0, 2, 0, 0, 0), new DeviceOutcomes(8, 0, 0, 1, 0, 0, 0, 3)]);

        Assert.Equal(
            [("-v[]+^", 17L), ("-v[]+#", 3L), ("-v[!", 3L), ("-v", 1L)],
            counts.Where(each => each.Sessions > 0).Select(each => (each.Shape.Shape, each.Sessions)));
    }
}
