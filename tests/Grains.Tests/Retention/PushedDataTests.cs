using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Populations;
using Sheaf.Grains.Tests.Fixtures;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>What a pushed device counts.</summary>
public sealed class PushedDataTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Erase_AllThatWasThereBeforeNewerCame_CountsTheNewer()
    {
        var state = new DeviceState();
        var data = DeviceData.Of(state, "ann", new PopulationView(TinyStudy.Pushed()));
        data.TakeIn([Row(0), Row(1), Row(2)], 0);
        data.TakeIn([Row(3), Row(4)], 1);

        var erased = data.Erase(new EraseAll(), upTo: 2, new PopulationMoment(1, Start.AddDays(1), IsSettled: true));

        Assert.Equal((3, 2, 2), (erased.Examples, state.Made, state.Fresh));
        data.Erase(new EraseAll(), upTo: 4, new PopulationMoment(1, Start.AddDays(1), IsSettled: true));
        Assert.Equal((0, 0), (state.Made, state.Fresh));
    }

    private static Arrival Row(int row) => new("ann", row, Start.AddHours(row), $"said {row}", "play", false);
}
