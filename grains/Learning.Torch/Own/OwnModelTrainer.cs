using System.Runtime.InteropServices;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Torch.Batching;
using Sheaf.Learning.Torch.Memory;
using Sheaf.Learning.Training;
using static TorchSharp.torch;

namespace Sheaf.Learning.Torch.Own;

/// <summary>Trains a user's model with autograd: one device after another or, where it can, several at once.</summary>
/// <remarks>Not thread-safe; a lane has its own. Devices that are computed together have rows of the same length, which each has by itself
/// too; the shapes of a device's computation are its own, whoever its neighbours are.</remarks>
internal sealed class OwnModelTrainer : ILocalTrainer
{
    private const int ScoredAtOnce = 256;

    private readonly OwnTextModel _model;
    private readonly PlainNetwork _plain;
    private readonly OwnNetwork _network;
    private readonly PaddedBatch _batch;
    private readonly float[] _local;
    private bool _disposed;

    /// <summary>Makes a trainer.</summary>
    /// <param name="model">The model.</param>
    public OwnModelTrainer(OwnTextModel model)
    {
        _model = model;
        _plain = new PlainNetwork(model);
        _network = model.DevicesMax > 1 ? new DeviceAxisNetwork(model, model.DevicesMax) : _plain;
        _batch = new PaddedBatch(model);
        _local = new float[model.ParameterCount];
    }

    /// <inheritdoc/>
    public void Train(TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TrainerArguments.Ensure(order, devices, sum, outcomes, _model);
        try
        {
            _plain.Module.train();
            foreach (var alike in TrainingSlot.Plan(order, devices).GroupBy(slot => PaddedBatch.LengthFor(slot.Work.Examples)))
            {
                foreach (var group in alike.Chunk(_model.DevicesMax))
                {
                    TrainTogether(order, group, alike.Key, sum, outcomes);
                }
            }
        }
        catch (ExternalException e)
        {
            throw new TorchComputationException($"training {devices.Length} devices", e);
        }
        finally
        {
            Forget();
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
        TrainerArguments.Ensure(parameters, devices, outcomes, _model);
        try
        {
            using var noGradients = no_grad();
            _plain.Module.eval();
            _plain.Load(parameters.Span, devices: 1);
            for (var device = 0; device < devices.Length; device++)
            {
                outcomes[device] = Score(devices[device], correct, gradients);
                correct = correct.IsEmpty ? correct : correct[devices[device].Count..];
                gradients = gradients.IsEmpty ? gradients : gradients[(devices[device].Count * _model.Classes)..];
            }
        }
        catch (ExternalException e)
        {
            throw new TorchComputationException($"evaluating {devices.Length} devices", e);
        }
        finally
        {
            Forget();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _network.Dispose();
        if (!ReferenceEquals(_network, _plain))
        {
            _plain.Dispose();
        }

        _batch.Dispose();
    }

    private void TrainTogether(TrainingOrder order, TrainingSlot[] slots, int length, FixedPointSum sum, Span<TrainingOutcome> outcomes)
    {
        using var rule = new StepRule(order.Local);
        var batchSize = Math.Min(order.Local.BatchSize, order.Local.ExamplesMax);
        var losses = new LossSums[slots.Length];
        _network.Load(order.Parameters.Span, slots.Length);
        var active = slots.Length;
        for (var step = 0; step < slots[0].Schedule.Steps; step++)
        {
            while (slots[active - 1].Schedule.Steps <= step)
            {
                active--;
            }

            using var scope = NewDisposeScope();
            _batch.Begin(active, batchSize, length);
            for (var slot = 0; slot < active; slot++)
            {
                _batch.Put(slot, slots[slot].Work.Examples, slots[slot].Schedule.Batch(step));
            }

            rule.Begin(step);
            var ofStep = _network.Step(_batch, rule);
            for (var slot = 0; slot < active; slot++)
            {
                losses[slot] = losses[slot].Add(ofStep[slot], (double)ofStep[slot] * ofStep[slot]);
            }
        }

        for (var slot = 0; slot < slots.Length; slot++)
        {
            outcomes[slots[slot].Index] = Fold(order, slot, slots[slot], losses[slot], sum);
        }
    }

    private TrainingOutcome Fold(TrainingOrder order, int slot, TrainingSlot device, LossSums losses, FixedPointSum sum)
    {
        _network.Read(slot, _local);
        var norm = Math.Sqrt(UpdateNorm.SquaredDistance(_local, order.Parameters.Span));
        var decision = FoldDecision.Of(order, device, norm);
        if (decision.Verdict == UpdateVerdict.Folded)
        {
            sum.FoldDifference(0, _local, order.Parameters.Span, decision.Factor);
            sum.Count(decision.Weight);
        }

        return decision.OutcomeOf(device, norm, losses, _local.Length);
    }

    private EvaluationOutcome Score(PackedExamples examples, Span<bool> correct, Span<float> gradients)
    {
        var (hits, loss) = (0, 0.0);
        var length = PaddedBatch.LengthFor(examples);
        foreach (var chunk in Enumerable.Range(0, examples.Count).Chunk(ScoredAtOnce))
        {
            using var scope = NewDisposeScope();
            _batch.Begin(1, chunk.Length, length);
            _batch.Put(0, examples, chunk);
            var (mean, logits) = _plain.Score(_batch);
            loss += (double)mean * chunk.Length;
            var values = TensorMemory.Floats(logits);
            for (var i = 0; i < chunk.Length; i++)
            {
                var isOnTop = IsOnTop(values.Slice(i * _model.Classes, _model.Classes), examples.Labels[chunk[i]]);
                hits += isOnTop ? 1 : 0;
                if (!correct.IsEmpty)
                {
                    correct[chunk[i]] = isOnTop;
                }

                if (!gradients.IsEmpty)
                {
                    LogitGradient.Write(
                        values.Slice(i * _model.Classes, _model.Classes), examples.Labels[chunk[i]], gradients.Slice(chunk[i] * _model.Classes, _model.Classes));
                }
            }
        }

        return new EvaluationOutcome(examples.Count, hits, loss);
    }

    // Of equal logits the lowest class is on top, as for the built-in models; nothing is where one is not a number.
    private static bool IsOnTop(ReadOnlySpan<float> logits, int label)
    {
        for (var i = 0; i < logits.Length; i++)
        {
            if (!(logits[i] < logits[label]) && (i < label || logits[i] != logits[label]))
            {
                return false;
            }
        }

        return float.IsFinite(logits[label]);
    }

    private void Forget()
    {
        _batch.Forget();
        _plain.Forget();
        _network.Forget();
        Array.Clear(_local);
    }
}
