using System.Collections.Immutable;
using Sheaf.Learning.Rounds;

namespace Sheaf.Grains.Rounds;

/// <summary>The name under which the copy of a sum is stored. Never used twice.</summary>
/// <param name="Epoch">The epoch that gave the name.</param>
/// <param name="Number">A number of its own, from 0.</param>
[GenerateSerializer, Immutable, Alias("sheaf.StoredName")]
internal readonly record struct StoredName([property: Id(0)] long Epoch, [property: Id(1)] int Number);

/// <summary>A copy of a silo's sum that is stored whole.</summary>
/// <param name="Silo">The silo, as the ledger names it.</param>
/// <param name="Generation">Which of its sums.</param>
/// <param name="Name">Its name.</param>
/// <param name="Slices">The slices that it holds, with their attempts.</param>
/// <param name="Updates">How many updates it holds.</param>
/// <param name="WeightUnits">Σ of their weights, in units of 2⁻²⁰.</param>
/// <param name="Chunks">Which of its chunks are stored, ascending; of the others all is zero.</param>
/// <param name="Hash">The SHA-256 of the stored chunks, one after another.</param>
[GenerateSerializer, Immutable, Alias("sheaf.StoredSum")]
internal sealed record StoredSum(
    [property: Id(0)] string Silo,
    [property: Id(1)] int Generation,
    [property: Id(2)] StoredName Name,
    [property: Id(3)] ImmutableDictionary<int, int> Slices,
    [property: Id(4)] int Updates,
    [property: Id(5)] long WeightUnits,
    [property: Id(6)] int[] Chunks,
    [property: Id(7)] byte[] Hash)
{
    /// <summary>The sum that it is a copy of.</summary>
    public SumKey Key => new(Silo, Generation);
}
