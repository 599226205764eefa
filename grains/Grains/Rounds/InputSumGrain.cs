using System.Runtime.InteropServices;
using Orleans.Concurrency;
using Orleans.Placement;
using Sheaf.Learning.Aggregation;

namespace Sheaf.Grains.Rounds;

/// <summary>Reads the sums of the silo it happens to live on; if that is not the silo in the question, the answer is that the sums are gone.</summary>
[RandomPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class InputSumGrain(InputSums sums, ILocalSiloDetails home) : Grain, IInputSum
{
    public Task<InputSumHeader?> OpenAsync(SiloSumQuery query) => Task.FromResult(Find(query) is { } inputs
        ? new InputSumHeader([.. inputs.Select(part => new InputPart(part.Input, part.Sum.Updates, part.Sum.WeightUnits))])
        : null);

    public Task<Immutable<byte[]>?> ReadAsync(SiloSumQuery query, int offset, int count)
    {
        if (Find(query) is not { } inputs)
        {
            return Task.FromResult<Immutable<byte[]>?>(null);
        }

        var isZero = inputs.All(part => !part.Sum.Units.Slice(offset, count).ContainsAnyExcept(0));
        var bytes = isZero ? [] : new byte[checked(inputs.Count * count * sizeof(long))];
        for (var row = 0; row < inputs.Count && !isZero; row++)
        {
            MemoryMarshal.AsBytes(inputs[row].Sum.Units.Slice(offset, count)).CopyTo(bytes.AsSpan(row * count * sizeof(long)));
        }

        return Task.FromResult<Immutable<byte[]>?>(bytes.AsImmutable());
    }

    private IReadOnlyList<(int Input, FixedPointSum Sum)>? Find(SiloSumQuery query) =>
        query.Silo == home.SiloAddress.ToParsableString() ? sums.Find(query.Round, query.Generation, query.Slices) : null;
}
