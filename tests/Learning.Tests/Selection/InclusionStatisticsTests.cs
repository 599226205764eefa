using Sheaf.Learning.Selection;

namespace Sheaf.Learning.Tests.Selection;

public sealed class InclusionStatisticsTests
{
    private const int Draws = 20_000;

    public static TheoryData<string, int, SelectionSpec> Cases => new()
    {
        { "uniform", 200, new SelectionSpec { Weights = new UniformWeights(), Cohort = 10 } },
        { "Zipf", 200, new SelectionSpec { Cohort = 10 } },
        { "Zipf, larger", 1_000, new SelectionSpec { Cohort = 10 } },
        { "Zipf, capped", 200, new SelectionSpec { Cohort = 10, InclusionMax = 0.25 } },
        { "Zipf, certain", 200, new SelectionSpec { Cohort = 40 } },
        { "Zipf, floor", 200, new SelectionSpec { Cohort = 10, Floor = 0.3 } },
        { "root, floor, capped", 200, new SelectionSpec { Weights = new PowerWeights(0.5), Cohort = 10, Floor = 0.1, InclusionMax = 0.1 } },
        { "log", 200, new SelectionSpec { Weights = new LogWeights(), Cohort = 10 } },
        { "softmax", 200, new SelectionSpec { Weights = new SoftmaxWeights(3, 1000), Cohort = 10 } },
        { "top 10 %", 200, new SelectionSpec { Weights = new TopQWeights(0.1, 50), Cohort = 10 } },
        { "one device", 200, new SelectionSpec { Cohort = 1 } },
        { "nearly all", 200, new SelectionSpec { Weights = new UniformWeights(), Cohort = 199 } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draw_ManyRounds_IncludesEveryDeviceAsOftenAsItsProbability(string name, int devices, SelectionSpec spec)
    {
        var population = SelectionPopulation.Zipf(devices);
        var expected = population.NaiveInclusions(spec);
        var times = new int[devices];
        foreach (var device in population.Draws(spec, Draws).SelectMany(cohort => cohort))
        {
            times[device]++;
        }

        var errors = expected.Select((pi, device) => Math.Min(pi, 1) * Draws is var mean && pi < 1 - 1e-9
            ? (times[device] - mean) / Math.Sqrt(pi > 0 ? mean * (1 - pi) : 1)
            : times[device] - Draws).ToArray();
        Assert.All(errors, error => Assert.InRange(error, -4, 4));
        Assert.All(Enumerable.Range(0, devices).Where(device => expected[device] == 0), device => Assert.Equal(0, times[device]));
        // Each squared error has mean 1; their sum is close to normal with variance of about 2 per device.
        var random = expected.Count(pi => pi is > 0 and < 1 - 1e-9);
        var squares = errors.Sum(error => error * error);
        Assert.True(Math.Abs(squares - random) < 4 * Math.Sqrt(2 * random), $"{name}: {squares} of {random}");
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(3, false)]
    public void Draw_ManyRounds_DrawsEveryPairTogether(int cohort, bool equal)
    {
        var population = new SelectionPopulation([.. Enumerable.Range(1, 12).Select(i => equal ? 1 : i)]);
        var together = new int[12, 12];
        foreach (var drawn in population.Draws(new SelectionSpec { Cohort = cohort }, Draws))
        {
            foreach (var (first, second) in drawn.SelectMany(i => drawn, (i, j) => (i, j)))
            {
                together[first, second]++;
            }
        }

        Assert.All(Enumerable.Range(0, 144), pair => Assert.True(together[pair / 12, pair % 12] > 0, $"devices {pair / 12} and {pair % 12}"));
    }

    [Fact]
    public void Draw_SiblingsOfTheTree_AreDrawnTogether()
    {
        // Two devices that differ in the last bit only are neighbours in every order.
        ulong[] positions = [0, 1, 1UL << 62, 1UL << 63, 3UL << 62, (3UL << 62) + 1];
        var shards = new[] { new SelectionShard(positions, [1, 1, 1, 1, 1, 1], new UniformWeights()) };
        var spec = new SelectionSpec { Weights = new UniformWeights(), Cohort = 2 };

        var drawn = Enumerable.Range(1, 5_000)
            .Select(round => CohortSampler.Draw(shards, spec, 1, round).Select(member => member.Index).ToArray()).ToArray();

        Assert.Contains(drawn, cohort => cohort.Contains(0) && cohort.Contains(1));
        Assert.Contains(drawn, cohort => cohort.Contains(4) && cohort.Contains(5));
    }
}
