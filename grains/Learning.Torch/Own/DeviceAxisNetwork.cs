using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>The user's computation over the device axis.</summary>
/// <param name="model">The model; its class implements <see cref="IDeviceAxisTextModel"/>.</param>
/// <param name="devicesMax">The most devices at once.</param>
internal sealed class DeviceAxisNetwork(OwnTextModel model, int devicesMax) : OwnNetwork(model, devicesMax, Allocate(model, devicesMax))
{
    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override Tensor Losses(PaddedBatch batch)
    {
        Tensor[] parameters = [.. Parameters.Select(parameter => parameter.narrow(0, 0, batch.Devices))];
        var logits = EnsureShape(
            ((IDeviceAxisTextModel)Model.Model).Forward(parameters, batch.Tokens, batch.Lengths),
            batch.Devices, batch.Tokens.shape[1], Model.Classes);
        var losses = new Tensor[batch.Devices];
        for (var device = 0; device < losses.Length; device++)
        {
            var rows = batch.CountOf(device);
            losses[device] = LossOf(logits.select(0, device).narrow(0, 0, rows), batch.Labels.select(0, device).narrow(0, 0, rows));
        }

        return cat(losses);
    }

    // Devices without a checkpoint must hold numbers too.
    private static Tensor[] Allocate(OwnTextModel model, int devicesMax) =>
        [.. model.Shapes.Select(shape => zeros([devicesMax, .. shape]).requires_grad_().DetachFromDisposeScope())];
}
