using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>What a model may implement besides for speed: many devices in one computation, each with parameters of its own.</summary>
/// <remarks>
/// It must say the same as the module of <see cref="ITextModel.Create"/>, which is compared with it before a task starts. No bit of a device's
/// numbers may depend on the devices beside it. Kernels choose by the alignment of a matrix, so rows of a multiple of 16 values are safe, and
/// <see cref="DeviceAxis"/> sees to it. A model whose numbers do depend on neighbours is noticed, and trains one device at a time.
/// </remarks>
public interface IDeviceAxisTextModel : ITextModel
{
    /// <summary>Computes the logits of many devices.</summary>
    /// <param name="parameters">The module's parameters in the order of <c>named_parameters</c>, each as [devices, …its own shape].</param>
    /// <param name="tokens">Tokens and padding [devices, examples, length].</param>
    /// <param name="lengths">Tokens of each example, at least 1 [devices, examples].</param>
    /// <returns>Logits [devices, examples, classes].</returns>
    Tensor Forward(IReadOnlyList<Tensor> parameters, Tensor tokens, Tensor lengths);
}
