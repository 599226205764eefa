using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Tests.Rounds;

public sealed class InputSumGrainTests
{
    private static readonly RoundKey Round = new("task", 1, 1);

    private readonly InputSums _sums = new(new SumPool());
    private readonly SiloHome _home = new();
    private readonly InputSumGrain _grain;
    private readonly SiloSumQuery _query;

    public InputSumGrainTests()
    {
        _sums.Merge(Round, 1, input: 5, slice: 0, attempt: 1, new FixedPointSum([1, 2, 0, 0], new FixedPointScale(0), 7, 2));
        _sums.Merge(Round, 1, input: 2, slice: 1, attempt: 3, new FixedPointSum([3, 4, 0, 0], new FixedPointScale(0), 9, 1));
        _grain = new InputSumGrain(_sums, _home);
        _query = new SiloSumQuery(Round, _home.Name, 1, ImmutableDictionary<int, int>.Empty.Add(0, 1).Add(1, 3));
    }

    [Fact]
    public async Task OpenAsync_TwoInputs_CountsEach()
    {
        var header = await _grain.OpenAsync(_query);

        Assert.Equal([new InputPart(2, 1, 9), new InputPart(5, 2, 7)], header!.Inputs.ToArray());
    }

    [Fact]
    public async Task ReadAsync_AnyRun_GivesARowPerInput()
    {
        var (middle, zeros) = (await ReadAsync(offset: 1, count: 2), await ReadAsync(offset: 2, count: 2));

        Assert.Equal<long>([4, 0, 2, 0], middle);
        Assert.Empty(zeros);
    }

    [Fact]
    public async Task Window_AskedAboutAnotherSiloOrOtherSlices_SaysThatTheSumsAreGone()
    {
        foreach (var other in new[] { _query with { Silo = "elsewhere" }, _query with { Slices = _query.Slices.Remove(0) }, _query with { Generation = 2 } })
        {
            Assert.Null(await _grain.OpenAsync(other));
            Assert.Null(await _grain.ReadAsync(other, 0, 4));
        }
    }

    [Fact]
    public async Task SiloSumGrain_DropsAndReleasesForItsOwnSiloOnly()
    {
        var merged = new SiloSums(new SumPool());
        var stored = new StoredSums(null!, null!, merged, new SumPool());
        var window = new SiloSumGrain(merged, _sums, stored, new SliceSessions(null!, new SumPool()), _home);

        await window.DropAsync(Round, "elsewhere", 2);
        Assert.NotNull(await _grain.OpenAsync(_query));

        await window.DropAsync(Round, _home.Name, 2);
        Assert.Null(await _grain.OpenAsync(_query));
    }

    private async Task<long[]> ReadAsync(int offset, int count) =>
        MemoryMarshal.Cast<byte, long>((await _grain.ReadAsync(_query, offset, count))!.Value.Value).ToArray();
}
