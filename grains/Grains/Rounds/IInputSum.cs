using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Sheaf.Grains.Rounds;

/// <summary>The window through which the aggregator reads a silo's sums input by input. Key: <see cref="ISiloSum.KeyOf"/>; it answers for its own
/// silo only. What is there to be dropped or released is so through <see cref="ISiloSum"/>.</summary>
[Alias("sheaf.IInputSum")]
internal interface IInputSum : IGrainWithStringKey
{
    /// <summary>Checks that the sums are whole.</summary>
    /// <param name="query">What they must hold.</param>
    /// <returns>Their counts; null when the silo does not have exactly that.</returns>
    [Alias("Open"), AlwaysInterleave]
    Task<InputSumHeader?> OpenAsync(SiloSumQuery query);

    /// <summary>Reads a part of all sums.</summary>
    /// <param name="query">What they must hold.</param>
    /// <param name="offset">The first parameter.</param>
    /// <param name="count">How many parameters, at least 1.</param>
    /// <returns>Their units as bytes, one row per input in the order of <see cref="InputSumHeader.Inputs"/>; empty when all are zero; null when the
    /// silo no longer has the sums.</returns>
    [Alias("Read"), AlwaysInterleave]
    Task<Immutable<byte[]>?> ReadAsync(SiloSumQuery query, int offset, int count);
}

/// <summary>The counts of a silo's sums.</summary>
/// <param name="Inputs">The inputs of which the silo has a part, ascending.</param>
[GenerateSerializer, Immutable, Alias("sheaf.InputSumHeader")]
internal sealed record InputSumHeader([property: Id(0)] ImmutableArray<InputPart> Inputs);

/// <summary>The counts of a silo's part of an input.</summary>
/// <param name="Input">The input.</param>
/// <param name="Updates">How many updates it holds.</param>
/// <param name="WeightUnits">Σ of their weights, in units of 2⁻²⁰.</param>
[GenerateSerializer, Immutable, Alias("sheaf.InputPart")]
internal readonly record struct InputPart([property: Id(0)] int Input, [property: Id(1)] int Updates, [property: Id(2)] long WeightUnits);
