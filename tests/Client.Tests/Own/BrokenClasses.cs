using Sheaf.Learning.Selection;
using Sheaf.Learning.Torch.Own;
using static TorchSharp.torch;

namespace Sheaf.Client.Tests.Own;

/// <summary>A model whose constructor throws.</summary>
public sealed class ThrowingModel : ITextModel
{
    public ThrowingModel() => throw new InvalidOperationException("no licence found.\nat line 7");

    public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => throw new NotSupportedException();
}

/// <summary>A model that cannot be made without arguments.</summary>
public sealed class DemandingModel(int size) : ITextModel
{
    public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => throw new NotSupportedException($"{size}");
}

/// <summary>A model that makes no module.</summary>
public sealed class LateModel : ITextModel
{
    public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => throw new FormatException($"{classes} classes are too many.");
}

/// <summary>A strategy that gives a weight that is none to devices with more than one example.</summary>
public sealed class NotANumber : ISelectionWeights
{
    public string Name => "nan";

    public double WeightOf(int activity) => activity > 1 ? double.NaN : 1;
}

/// <summary>A strategy that throws for devices with more than one example.</summary>
public sealed class ThrowingStrategy : ISelectionWeights
{
    public string Name => "throwing";

    public double WeightOf(int activity) => activity > 1 ? throw new InvalidOperationException("table overflow.") : 1;
}

/// <summary>A strategy that asks for what shards do not pass on.</summary>
public sealed class WaitingStrategy : ISelectionWeights
{
    public string Name => "waiting";

    public bool IsResolved => false;

    public double WeightOf(int activity) => 1;
}
