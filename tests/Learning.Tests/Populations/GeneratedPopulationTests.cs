using Sheaf.Learning.Populations;

namespace Sheaf.Learning.Tests.Populations;

public sealed class GeneratedPopulationTests
{
    [Fact]
    public void Problems_OfTheDefaults_AreNone() => Assert.Empty(new GeneratedPopulation().Problems());

    [Fact]
    public void Problems_EveryFieldWrong_NamesEveryFieldAtOnce()
    {
        var population = new GeneratedPopulation
        {
            Devices = 0, ZipfExponent = double.NaN, ExamplesMean = -1, ExamplesMax = 0, LabelConcentration = 0, Drift = 1.5, Periods = 0,
            PeriodLength = TimeSpan.Zero,
        };

        var error = Assert.Throws<ArgumentException>(() => new PopulationGenerator(population));

        Assert.Equal(8, population.Problems().Count());
        Assert.All(
            ["Devices", "ZipfExponent", "ExamplesMean", "ExamplesMax", "LabelConcentration", "Drift", "Periods", "PeriodLength"],
            (string field) => Assert.Contains($"{field} is ", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_MeanAboveMaximum_SaysWhatIsAllowed() =>
        Assert.Equal(
            ["ExamplesMean is 30: choose above 0 and at most ExamplesMax, 20."],
            new GeneratedPopulation { ExamplesMean = 30, ExamplesMax = 20 }.Problems());

    [Fact]
    public void Problems_PeriodsBeyondTheCalendar_AreNamed() =>
        Assert.Equal(
            ["2147483647 periods of 1.00:00:00 from 2026-01-01 00:00:00Z go beyond the year 9999: choose fewer or shorter ones."],
            new GeneratedPopulation { Periods = int.MaxValue }.Problems());

    [Fact]
    public void StartOf_Period_IsThatManyLengthsAfterTheEpoch()
    {
        var population = new GeneratedPopulation { PeriodLength = TimeSpan.FromHours(6) };

        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), population.StartOf(0));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 6, 0, 0, TimeSpan.Zero), population.StartOf(5));
    }
}
