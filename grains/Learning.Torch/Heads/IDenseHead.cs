using Sheaf.Learning.Torch.Descent;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Heads;

/// <summary>The dense part of a model over a device axis: from the bags of an example's tokens to its logits, with gradients by hand.</summary>
/// <remarks>A new model is a new head. Devices never mix: a device's logits and gradients are the same whoever its neighbours are.</remarks>
internal interface IDenseHead
{
    /// <summary>Computes logits.</summary>
    /// <param name="bags">The mean rows [devices, batch, row].</param>
    /// <returns>Logits [devices, batch, classes].</returns>
    Tensor Forward(Tensor bags);

    /// <summary>Steps the dense parameters down the gradient of the last <see cref="Forward"/>.</summary>
    /// <param name="logitGradient">∂loss/∂logits [devices, batch, classes]; may be overwritten.</param>
    /// <param name="descent">What steps them.</param>
    /// <returns>∂loss/∂bags [devices, batch, row] at the parameters before the step.</returns>
    Tensor Descend(Tensor logitGradient, IDescent descent);
}
