using CsCheck;
using Sheaf.Learning.Evaluation;

namespace Sheaf.Learning.Tests.Evaluation;

public sealed class ParticipationCountsTests
{
    private static readonly Gen<(int Group, int Updates)[]> Populations = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9]).Array[0, 60];

    [Fact]
    public void Gini_AnyPopulation_IsHalfTheRelativeMeanDifference() => Populations.Sample(devices =>
    {
        var total = devices.Sum(device => device.Updates);

        // The definition: Σ_i Σ_j |x_i − x_j| / (2·n·Σ x).
        var expected = total == 0
            ? (double?)null
            : devices.Sum(a => devices.Sum(b => Math.Abs(a.Updates - b.Updates))) / (2.0 * devices.Length * total);
        Assert.Equal(expected is null, Counts(devices).Gini is null);
        Assert.Equal(expected ?? 0, Counts(devices).Gini ?? 0, 1e-12);
    });

    [Theory]
    [InlineData(new[] { 3, 3, 3 }, 0)]
    [InlineData(new[] { 0, 0, 0, 8 }, 0.75)] // (n − 1)/n
    [InlineData(new[] { 1, 3 }, 0.25)]
    public void Gini_ByHand_IsExact(int[] updates, double expected) =>
        Assert.Equal(expected, ParticipationCounts.Of(new int[updates.Length], updates).Gini);

    [Fact]
    public void Merge_AnyParts_IsTheCountsOfTheWhole() => Gen.Select(Populations, Gen.Int[1, 20]).Sample((devices, size) =>
    {
        var merged = ParticipationCounts.Merge(devices.Chunk(size).Select(Counts));

        Assert.Equal(Counts(devices).Steps.AsEnumerable(), merged.Steps);
    });

    [Fact]
    public void Shares_AnyPopulation_AreThoseOfItsDevices() => Populations.Sample(devices =>
    {
        var counts = Counts(devices);

        Assert.Equal((devices.Length, devices.Sum(device => device.Updates)), (counts.Devices, counts.Updates));
        Assert.Equal(devices.Length == 0 ? null : devices.Average(device => device.Updates == 0 ? 1.0 : 0), counts.NeverShare);
        for (var group = 0; group < 4; group++)
        {
            var members = devices.Where(device => device.Group == group).ToArray();
            Assert.Equal(members.Length == 0 ? null : members.Count(device => device.Updates == 0) / (double)members.Length, counts.Only(group).NeverShare);
            Assert.Equal(
                counts.Updates == 0 ? null : members.Sum(device => device.Updates) / (double)counts.Updates, counts.UpdateShareOf(group));
        }
    });

    [Fact]
    public void Of_SpansOfDifferentLengths_SaysBoth() => Assert.StartsWith(
        "2 devices need as many counts; there are 1.",
        Assert.Throws<ArgumentException>(() => ParticipationCounts.Of([0, 1], [4])).Message,
        StringComparison.Ordinal);

    private static ParticipationCounts Counts((int Group, int Updates)[] devices) =>
        ParticipationCounts.Of(Array.ConvertAll(devices, device => device.Group), Array.ConvertAll(devices, device => device.Updates));
}
