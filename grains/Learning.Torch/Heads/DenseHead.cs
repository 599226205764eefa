using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Memory;

namespace Sheaf.Learning.Torch.Heads;

/// <summary>Which head computes which model.</summary>
internal static class DenseHead
{
    /// <summary>Makes the head of a model.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="parameters">The dense values it reads and trains.</param>
    /// <returns>The head.</returns>
    /// <exception cref="NotSupportedException">The model has no head.</exception>
    public static IDenseHead Of(ModelArchitecture architecture, DenseParameters parameters) => architecture switch
    {
        EmbeddingBagClassifier => new HiddenLayerHead(parameters),
        SoftmaxRegression => new BiasHead(parameters),
        LogBilinearModel => new LinearHead(parameters),
        _ => throw new NotSupportedException(
            $"The Torch trainer has no head for {architecture.GetType().Name}: use {nameof(EmbeddingBagClassifier)}, "
            + $"{nameof(SoftmaxRegression)} or {nameof(LogBilinearModel)}, or implement {nameof(IDenseHead)} and name it in {nameof(DenseHead)}.{nameof(Of)}."),
    };
}
