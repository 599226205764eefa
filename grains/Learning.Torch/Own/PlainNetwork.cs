using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>The user's module: one device at a time.</summary>
internal sealed class PlainNetwork : OwnNetwork
{
    /// <summary>Makes a module; its values are undefined until a checkpoint is loaded.</summary>
    /// <param name="model">The model.</param>
    public PlainNetwork(OwnTextModel model)
        : this(model, model.NewModule(seed: 0))
    {
    }

    private PlainNetwork(OwnTextModel model, nn.Module<Tensor, Tensor, Tensor> module)
        : base(model, 1, [.. module.named_parameters().Select(parameter => parameter.parameter)]) => Module = module;

    /// <summary>The module.</summary>
    public nn.Module<Tensor, Tensor, Tensor> Module { get; }

    /// <summary>Scores the only device of a batch without training.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>The mean loss, and the logits [rows, classes], contiguous.</returns>
    public (float Loss, Tensor Logits) Score(PaddedBatch batch)
    {
        var logits = Forward(batch);
        return (LossOf(logits, LabelsOf(batch)).item<float>(), logits.contiguous());
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        Module.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor Losses(PaddedBatch batch) => LossOf(Forward(batch), LabelsOf(batch));

    private Tensor Forward(PaddedBatch batch)
    {
        var rows = batch.CountOf(0);
        var logits = Module.call(batch.Tokens.select(0, 0).narrow(0, 0, rows), batch.Lengths.select(0, 0).narrow(0, 0, rows));
        return EnsureShape(logits, rows, Model.Classes);
    }

    private static Tensor LabelsOf(PaddedBatch batch) => batch.Labels.select(0, 0).narrow(0, 0, batch.CountOf(0));
}
