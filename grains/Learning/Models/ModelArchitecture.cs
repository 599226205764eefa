using System.Collections.Immutable;
using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Models;

/// <summary>What a model is made of: enough to lay out its parameters and make its first checkpoint anywhere, without Torch.</summary>
/// <param name="Classes">How many classes it tells apart, at least 2.</param>
public abstract record ModelArchitecture(int Classes)
{
    /// <summary>Its tensors, in the order of the flat parameter vector.</summary>
    public abstract ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>How many buckets its tokens are hashed into.</summary>
    public abstract int Buckets { get; }

    /// <summary>The length of the flat parameter vector.</summary>
    public int ParameterCount => Blocks[^1].Offset + Blocks[^1].Count;

    /// <summary>The first checkpoint: every value uniform in its block's range, unless the model says otherwise.</summary>
    /// <param name="seed">The seed of the task.</param>
    /// <returns>A new flat vector of <see cref="ParameterCount"/> values.</returns>
    public virtual float[] Initialize(ulong seed)
    {
        var parameters = new float[ParameterCount];
        for (var block = 0; block < Blocks.Length; block++)
        {
            var (offset, count, range) = (Blocks[block].Offset, Blocks[block].Count, Blocks[block].InitialRange);
            var random = Prf.Sequence(seed, Purpose.Initialization, (ulong)block);
            for (var i = 0; range > 0 && i < count; i++)
            {
                parameters[offset + i] = (float)(((2 * random.NextDouble()) - 1) * range);
            }
        }

        return parameters;
    }

    /// <summary>Lays blocks out one after another.</summary>
    /// <param name="blocks">The blocks; their offsets are ignored.</param>
    /// <returns>The same blocks with their offsets.</returns>
    protected static ImmutableArray<ParameterBlock> LayOut(params ReadOnlySpan<ParameterBlock> blocks)
    {
        var laidOut = ImmutableArray.CreateBuilder<ParameterBlock>(blocks.Length);
        var offset = 0;
        foreach (var block in blocks)
        {
            laidOut.Add(block with { Offset = offset });
            offset = checked(offset + block.Count);
        }

        return laidOut.MoveToImmutable();
    }
}
