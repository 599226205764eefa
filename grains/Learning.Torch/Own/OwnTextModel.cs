using System.Collections.Immutable;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Models;
using Sheaf.Learning.Randomness;
using Sheaf.Learning.Torch.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>A user's model as the learning core sees it: its blocks are the module's parameters, none of them sparse.</summary>
public sealed record OwnTextModel : ModelArchitecture
{
    /// <summary>The most values that a model may have: 1 GiB.</summary>
    public const long ValuesMax = 1L << 28;

    private const int DevicesTogether = 32;

    // Torch's generator belongs to the process: whoever makes a module seeds it, and nobody draws in between.
    private static readonly Lock TorchRandom = new();

    private OwnTextModel(ITextModel model, int buckets, int classes)
        : base(classes)
    {
        (Model, Buckets) = (model, buckets);
        using var module = NewModule(seed: 0);
        (Blocks, Shapes) = LayOut(module);
        DevicesMax = OwnModelTrial.Run(this, module) ? DevicesTogether : 1;
    }

    /// <summary>The user's class.</summary>
    public ITextModel Model { get; }

    /// <inheritdoc/>
    public override int Buckets { get; }

    /// <inheritdoc/>
    public override ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>The token that fills short rows up.</summary>
    public int Padding => Buckets;

    /// <summary>The shapes of the blocks.</summary>
    internal ImmutableArray<long[]> Shapes { get; }

    /// <summary>How many devices are computed at once: 1 for a plain module.</summary>
    internal int DevicesMax { get; }

    /// <summary>Takes a user's model in, after trying it out on a few made-up examples.</summary>
    /// <param name="model">The user's class.</param>
    /// <param name="buckets">How many buckets tokens are hashed into, at least 1.</param>
    /// <param name="classes">How many classes it tells apart, at least 2.</param>
    /// <returns>The model.</returns>
    /// <exception cref="OwnClassException">It failed, or it cannot be trained as a federated model.</exception>
    public static OwnTextModel Of(ITextModel model, int buckets, int classes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        return new OwnTextModel(model, buckets, classes);
    }

    /// <summary>The first checkpoint: what the user's module starts with, under a seed that follows from the task's.</summary>
    /// <inheritdoc/>
    public override float[] Initialize(ulong seed)
    {
        using var module = NewModule(Prf.Value(seed, Purpose.Initialization));
        using var scope = NewDisposeScope();
        var values = new float[ParameterCount];
        foreach (var (block, (_, parameter)) in Blocks.Zip(module.named_parameters()))
        {
            TensorMemory.Floats(parameter.detach().contiguous()).CopyTo(values.AsSpan(block.Offset, block.Count));
        }

        return values;
    }

    /// <summary>A new module.</summary>
    /// <param name="seed">The seed of its first values.</param>
    /// <returns>A module that the caller disposes of.</returns>
    /// <exception cref="OwnClassException">The user's code threw.</exception>
    internal nn.Module<Tensor, Tensor, Tensor> NewModule(ulong seed)
    {
        lock (TorchRandom)
        {
            manual_seed(unchecked((long)seed));
            try
            {
                return Model.Create(Buckets, Classes) ?? throw new InvalidOperationException("it gave no module");
            }
            catch (Exception exception)
            {
                // The boundary to the user's code: whatever it throws becomes the user's to mend.
                throw new OwnClassException(
                    $"the model '{Name}' failed to create its module for {Buckets} buckets and {Classes} classes: {OwnClassException.Describe(exception)}",
                    "Mend its Create.", exception);
            }
        }
    }

    /// <summary>Whether a computation draws from Torch's random numbers.</summary>
    /// <param name="computation">The computation.</param>
    /// <returns>True when it does.</returns>
    internal static bool Draws(Action computation)
    {
        lock (TorchRandom)
        {
            manual_seed(1);
            using var scope = NewDisposeScope();
            var expected = rand(1).item<float>();
            manual_seed(1);
            computation();
            return rand(1).item<float>() != expected;
        }
    }

    /// <summary>The name of the user's class.</summary>
    internal string Name => Model.GetType().FullName!;

    private (ImmutableArray<ParameterBlock> Blocks, ImmutableArray<long[]> Shapes) LayOut(nn.Module module)
    {
        var parameters = module.named_parameters().ToArray();
        var values = parameters.Sum(parameter => parameter.parameter.numel());
        if (values is 0 or > ValuesMax)
        {
            throw new OwnClassException(
                $"the model '{Name}' has {values} values for {Buckets} buckets and {Classes} classes, where 1 to {ValuesMax} are right",
                values == 0 ? "Register its layers: call RegisterComponents() at the end of the module's constructor." : "Make it smaller, or use fewer buckets.");
        }

        foreach (var (name, parameter) in parameters)
        {
            if (parameter.dtype != ScalarType.Float32 || parameter.device_type != DeviceType.CPU || !parameter.is_contiguous() || !parameter.requires_grad)
            {
                throw new OwnClassException(
                    $"the parameter '{name}' of the model '{Name}' is not a trainable, contiguous tensor of singles on the CPU",
                    "Make it one, or register it as a buffer if it is a constant.");
            }
        }

        var blocks = LayOut([.. parameters.Select(parameter => BlockOf(parameter.name, parameter.parameter.shape))]);
        return (blocks, [.. parameters.Select(parameter => parameter.parameter.shape)]);
    }

    private static ParameterBlock BlockOf(string name, long[] shape)
    {
        var rows = shape.Length > 1 ? (int)shape[0] : 1;
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return new ParameterBlock(name, 0, rows, (int)(count / Math.Max(rows, 1)), IsSparse: false, InitialRange: 0);
    }
}
