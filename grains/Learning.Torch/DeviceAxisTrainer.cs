using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Descent;
using Sheaf.Learning.Torch.Heads;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch;

/// <summary>Trains devices together: parameters have a leading device axis, gradients are written by hand, and only touched rows exist.</summary>
/// <remarks>Not thread-safe; a lane has its own.</remarks>
internal sealed class DeviceAxisTrainer : ILocalTrainer
{
    private readonly ModelArchitecture _architecture;
    private int _together;
    private bool _isFolding;
    private readonly DenseParameters _dense;
    private readonly LocalRows _rows;
    private readonly StepBatch _step;
    private readonly IDenseHead _head;
    private readonly Descents _descents;
    private readonly IUpdateFolder _folder;
    private readonly CheckpointScorer _scorer;
    private readonly GrowingTensor _bags;
    private readonly GrowingTensor _minusOnes;
    private readonly LossSums[] _losses;
    private bool _disposed;

    /// <summary>Makes a trainer.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="devicesMax">The most devices in one computation.</param>
    /// <param name="device">What computes.</param>
    /// <exception cref="NotSupportedException">The model has no head.</exception>
    public DeviceAxisTrainer(ModelArchitecture architecture, int devicesMax, ComputeDevice device)
    {
        (_architecture, _together) = (architecture, devicesMax);
        _dense = new DenseParameters(architecture, devicesMax, device);
        _head = DenseHead.Of(architecture, _dense);
        _rows = new LocalRows(architecture, device);
        _step = new StepBatch(architecture, device);
        _descents = new Descents(_dense, _rows, device);
        _folder = device.IsHost ? new UpdateFolder(_rows, _dense) : new AcceleratorFolder(_rows, _dense, device);
        _scorer = new CheckpointScorer(architecture, device);
        _bags = new GrowingTensor(ScalarType.Float32, device.Torch);
        _minusOnes = new GrowingTensor(ScalarType.Float32, device.Torch);
        _losses = new LossSums[devicesMax];
    }

    /// <summary>Told that memory ran out and how many devices are computed at once from now on.</summary>
    public Action<int>? Halved { get; init; }

    /// <summary>Called with how many devices are about to be computed: a test lets memory run out.</summary>
    public Action<int>? Computing { get; init; }

    /// <inheritdoc/>
    public void Train(TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TrainerArguments.Ensure(order, devices, sum, outcomes, _architecture);
        var slots = TrainingSlot.Plan(order, devices);
        try
        {
            using var noGradients = no_grad();
            for (var from = 0; from < slots.Length;)
            {
                var count = Math.Min(_together, slots.Length - from);
                from += TryTrainTogether(order, slots.AsSpan(from, count), sum, outcomes) ? count : 0;
            }
        }
        catch (ExternalException e)
        {
            throw new TorchComputationException($"training {devices.Length} devices", e);
        }
        finally
        {
            _rows.Forget();
            _step.Forget();
        }
    }

    /// <inheritdoc/>
    public void Evaluate(
        ReadOnlyMemory<float> parameters,
        ReadOnlySpan<PackedExamples> devices,
        Span<EvaluationOutcome> outcomes,
        Span<bool> correct = default,
        Span<float> gradients = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TrainerArguments.Ensure(parameters, devices, outcomes, _architecture);
        try
        {
            using var noGradients = no_grad();
            _scorer.Score(parameters.Span, devices, outcomes, correct, gradients);
        }
        catch (ExternalException e)
        {
            throw new TorchComputationException($"evaluating {devices.Length} devices", e);
        }
        finally
        {
            _scorer.Forget();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _dense.Dispose();
        _rows.Dispose();
        _step.Dispose();
        _descents.Dispose();
        _scorer.Dispose();
        _bags.Dispose();
        _minusOnes.Dispose();
    }

    /// <summary>Trains devices together, or halves how many are trained together because that was too much.</summary>
    private bool TryTrainTogether(TrainingOrder order, ReadOnlySpan<TrainingSlot> slots, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        try
        {
            _isFolding = false;
            TrainTogether(order, slots, sum, outcomes);
            return true;
        }
        catch (ExternalException failure) when (slots.Length > 1 && !_isFolding && MemoryShortage.Caused(failure))
        {
            // Nothing of them has been folded. What libtorch keeps for later it gives back by itself when it needs it.
            _together = slots.Length / 2;
            Halved?.Invoke(_together);
            return false;
        }
    }

    private void TrainTogether(
        TrainingOrder order, ReadOnlySpan<TrainingSlot> slots, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        using var scope = NewDisposeScope();
        Computing?.Invoke(slots.Length);
        _dense.Load(order.Parameters.Span, slots.Length);
        _rows.Load(slots, order.Parameters.Span);
        using var descent = _descents.Of(order.Local);
        Array.Clear(_losses);
        // No batch is larger; the same for all devices of a round, so that shapes do not depend on neighbours.
        var batchSize = Math.Min(order.Local.BatchSize, order.Local.ExamplesMax);
        var active = slots.Length;
        for (var step = 0; step < slots[0].Schedule.Steps; step++)
        {
            while (slots[active - 1].Schedule.Steps <= step)
            {
                active--;
            }

            descent.Begin(step, active);
            TrainStep(slots[..active], step, batchSize, descent);
        }

        _isFolding = true;
        _folder.Fold(order, slots, _losses, sum, outcomes);
    }

    private void TrainStep(ReadOnlySpan<TrainingSlot> active, int step, int batchSize, IDescent descent)
    {
        using var scope = NewDisposeScope();
        _step.Pack(active, _rows, step, batchSize);
        var (examples, width) = (checked(active.Length * batchSize), _rows.Width);
        var bags = _bags.Take((long)examples * width).view(examples, width).zero_()
            .index_add_(0, _step.TokenBags, _rows.Table.index_select(0, _step.TokenRows), Scalars.One)
            .mul_(_step.InverseLengths);
        var logits = _head.Forward(bags.view(active.Length, batchSize, width));

        var logProbabilities = logits.log_softmax(-1);
        AddLosses(active, step, batchSize, logProbabilities.gather(-1, _step.Labels).cpu());

        // ∂(−log softmax)/∂logits = softmax − onehot(label); the weights take the mean and silence the padding.
        var minusOnes = _minusOnes.Take(examples).view(active.Length, batchSize, 1).fill_(Scalars.MinusOne);
        var logitGradient = logProbabilities.exp_().scatter_add_(-1, _step.Labels, minusOnes).mul_(_step.Weights);

        var bagGradient = _head.Descend(logitGradient, descent).view(examples, width).mul_(_step.InverseLengths);
        descent.StepRows(_step.TokenRows, bagGradient.index_select(0, _step.TokenBags));
    }

    private void AddLosses(ReadOnlySpan<TrainingSlot> active, int step, int batchSize, Tensor ofLabels)
    {
        var values = TensorMemory.Floats(ofLabels);
        for (var slot = 0; slot < active.Length; slot++)
        {
            var batch = active[slot].Schedule.Batch(step);
            var (loss, squares) = (0.0, 0.0);
            for (var i = 0; i < batch.Length; i++)
            {
                double logProbability = values[(slot * batchSize) + i];
                loss -= logProbability;
                squares += logProbability * logProbability;
            }

            _losses[slot] = _losses[slot].Add(loss / batch.Length, squares / batch.Length);
        }
    }
}
