using System.Collections.Immutable;
using System.Net;
using Sheaf.Grains.Rounds;
using Sheaf.Grains.Training;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Tests.Rounds;

public sealed class SiloSumGrainTests
{
    private static readonly RoundKey Round = new("task", 1, 1);

    private readonly SiloSums _sums = new(new SumPool());
    private readonly SiloHome _home = new();

    // Nothing trains here.
    private readonly SliceSessions _sessions = new(null!, new SumPool());

    [Fact]
    public async Task DropAsync_MeantForADeadSilo_LeavesThisOnesSum()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, new FixedPointSum([1, 2], new FixedPointScale(0), 1, 1));
        var grain = new SiloSumGrain(_sums, new InputSums(new SumPool()), new StoredSums(null!, null!, _sums, new SumPool()), _sessions, _home);
        var query = new SiloSumQuery(Round, _home.Name, 1, ImmutableDictionary<int, int>.Empty.Add(0, 1));

        await grain.DropAsync(Round, SiloAddress.New(IPAddress.Loopback, 1, 99).ToParsableString(), 2);
        Assert.NotNull(await grain.OpenAsync(query));

        await grain.DropAsync(Round, _home.Name, 2);
        Assert.Null(await grain.OpenAsync(query));
    }

    [Fact]
    public async Task OpenAsync_AskedAboutAnotherSilo_SaysThatTheSumIsGone()
    {
        _sums.Merge(Round, 1, slice: 0, attempt: 1, new FixedPointSum([1, 2], new FixedPointScale(0), 7, 1));
        var grain = new SiloSumGrain(_sums, new InputSums(new SumPool()), new StoredSums(null!, null!, _sums, new SumPool()), _sessions, _home);
        var query = new SiloSumQuery(Round, _home.Name, 1, ImmutableDictionary<int, int>.Empty.Add(0, 1));

        Assert.Equal(new SiloSumHeader(1, 7), await grain.OpenAsync(query));
        Assert.Null(await grain.OpenAsync(query with { Silo = "elsewhere" }));
        Assert.Null(await grain.StoreAsync(Round, "elsewhere", 1, new StoredName(1, 0)));
    }
}
