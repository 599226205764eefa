using Sheaf.Learning.Torch.Own;
using static TorchSharp.torch;

namespace Examples.OwnModel;

/// <summary><see cref="MeanNet"/> for many devices at once.</summary>
public sealed class FastMeanNet : IDeviceAxisTextModel
{
    private readonly MeanNet _plain = new();

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor, Tensor> Create(int buckets, int classes) => _plain.Create(buckets, classes);

    /// <inheritdoc/>
    public Tensor Forward(IReadOnlyList<Tensor> parameters, Tensor tokens, Tensor lengths)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(lengths);
        var padding = (int)parameters[0].shape[1] - 1;
        var mean = DeviceAxis.Embed(parameters[0], tokens, padding).sum([2L]).div(lengths.unsqueeze(-1));
        var hidden = nn.functional.relu(DeviceAxis.Linear(mean, parameters[1], parameters[2]));
        return DeviceAxis.Linear(hidden, parameters[3], parameters[4]);
    }
}
