using Sheaf.Learning.Torch.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>Layers over a device axis, laid out so that no device's bits depend on its place.</summary>
public static class DeviceAxis
{
    /// <summary>Looks tokens up; padding is 0 and has no gradient, as in an embedding with a padding index.</summary>
    /// <param name="table">Rows of each device [devices, rows, columns].</param>
    /// <param name="tokens">Rows to look up [devices, examples, length].</param>
    /// <param name="padding">The token of padding.</param>
    /// <returns>The rows [devices, examples, length, columns].</returns>
    public static Tensor Embed(Tensor table, Tensor tokens, int padding)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(tokens);
        var (devices, columns) = (table.shape[0], table.shape[2]);
        using var paddingToken = ((long)padding).ToScalar();
        var places = tokens.reshape(devices, -1, 1).expand(-1, -1, columns);
        var isToken = tokens.ne(paddingToken).unsqueeze(-1).to_type(ScalarType.Float32);
        return table.gather(1, places).view([.. tokens.shape, columns]).mul(isToken);
    }

    /// <summary>A linear layer: x·Wᵀ + b.</summary>
    /// <param name="input">x [devices, examples, inputs].</param>
    /// <param name="weight">W as <c>nn.Linear</c> keeps it [devices, outputs, inputs].</param>
    /// <param name="bias">b [devices, outputs].</param>
    /// <returns>The outputs [devices, examples, outputs].</returns>
    public static Tensor Linear(Tensor input, Tensor weight, Tensor bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        var (outputs, inputs) = (weight.shape[1], weight.shape[2]);
        var (moreOutputs, moreInputs) = (Missing(outputs), Missing(inputs));
        var paddedInput = moreInputs == 0 ? input : nn.functional.pad(input, [0, moreInputs]);
        var paddedWeight = moreInputs + moreOutputs == 0 ? weight : nn.functional.pad(weight, [0, moreInputs, 0, moreOutputs]);
        return paddedInput.bmm(paddedWeight.transpose(1, 2)).narrow(2, 0, outputs).add(bias.unsqueeze(1), Scalars.One);
    }

    private static long Missing(long columns) => TensorMemory.Padded((int)columns) - columns;
}
