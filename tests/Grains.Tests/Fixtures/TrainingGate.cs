using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Models;
using Sheaf.Learning.Torch;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Stands before the real trainers of a cluster: notes every batch, and stops or fails those it is told to. Thread-safe.</summary>
internal sealed class TrainingGate
{
    private readonly Lock _lock = new();
    private readonly List<TrainedBatch> _batches = [];
    private readonly List<GateClosing> _closings = [];
    private readonly List<(ulong Seed, int Round, Func<Exception> Failure)> _failures = [];
    private readonly Dictionary<ulong, Poisoning> _poisonings = [];

    /// <summary>The batches that reached a trainer, in order; a task is told by its seed.</summary>
    public IReadOnlyList<TrainedBatch> BatchesOf(ulong seed)
    {
        lock (_lock)
        {
            return [.. _batches.Where(batch => batch.Seed == seed)];
        }
    }

    /// <summary>Stops the batches of a round, on one silo or on all, until the closing is opened or disposed of.</summary>
    public GateClosing Close(ulong seed, int round, string? silo = null)
    {
        var closing = new GateClosing(seed, round, silo);
        lock (_lock)
        {
            _closings.Add(closing);
        }

        return closing;
    }

    /// <summary>Has the next batch of a round throw.</summary>
    public void FailOnce(ulong seed, int round, Func<Exception> failure)
    {
        lock (_lock)
        {
            _failures.Add((seed, round, failure));
        }
    }

    /// <summary>Has some devices of a task send, instead of what they have learnt, one and the same update, as large as is said.</summary>
    public Poisoning Poison(ulong seed, Func<ulong, bool> isPoisoned, double norm)
    {
        lock (_lock)
        {
            return _poisonings[seed] = new Poisoning(isPoisoned, norm);
        }
    }

    /// <summary>Makes the trainers of a silo: those of its processor, or those that stand for its accelerator's.</summary>
    public ILocalTrainerFactory FactoryFor(string silo, bool isAccelerator = false) => new Factory(this, silo, isAccelerator);

    private void Pass(string silo, bool isAccelerator, TrainingOrder order, ReadOnlySpan<DeviceWork> devices)
    {
        var batch = new TrainedBatch(silo, isAccelerator, order.Seed, order.Round, [.. devices]);
        GateClosing? closing;
        Func<Exception>? failure = null;
        lock (_lock)
        {
            _batches.Add(batch);
            closing = _closings.Find(candidate => candidate.Stops(batch));
            var at = _failures.FindIndex(candidate => candidate.Seed == batch.Seed && candidate.Round == batch.Round);
            if (at >= 0)
            {
                failure = _failures[at].Failure;
                _failures.RemoveAt(at);
            }
        }

        closing?.Hold(batch);
        if (failure is not null)
        {
            throw failure();
        }
    }

    private Poisoning? PoisoningOf(ulong seed)
    {
        lock (_lock)
        {
            return _poisonings.GetValueOrDefault(seed);
        }
    }

    private sealed class Factory(TrainingGate gate, string silo, bool isAccelerator) : ILocalTrainerFactory
    {
        private readonly TorchTrainerFactory _real = new();

        public int PreferredBatch => _real.PreferredBatch;

        public ILocalTrainer Create(ModelArchitecture architecture) => new Trainer(gate, silo, isAccelerator, _real.Create(architecture));
    }

    private sealed class Trainer(TrainingGate gate, string silo, bool isAccelerator, ILocalTrainer real) : ILocalTrainer
    {
        public void Train(TrainingOrder order, ReadOnlySpan<DeviceWork> devices, FixedPointSum sum, Span<TrainingOutcome> outcomes)
        {
            gate.Pass(silo, isAccelerator, order, devices);
            if (gate.PoisoningOf(order.Seed) is not { } poisoning)
            {
                real.Train(order, devices, sum, outcomes);
                return;
            }

            for (var i = 0; i < devices.Length; i++)
            {
                if (!poisoning.TryTrain(order, devices[i], sum, ref outcomes[i]))
                {
                    real.Train(order, devices.Slice(i, 1), sum, outcomes.Slice(i, 1));
                }
            }
        }

        public void Evaluate(
            ReadOnlyMemory<float> parameters,
            ReadOnlySpan<PackedExamples> devices,
            Span<EvaluationOutcome> outcomes,
            Span<bool> correct = default,
            Span<float> gradients = default) =>
            real.Evaluate(parameters, devices, outcomes, correct, gradients);

        public void Dispose() => real.Dispose();
    }
}

/// <summary>A batch that reached a trainer.</summary>
internal sealed record TrainedBatch(string Silo, bool OnAccelerator, ulong Seed, int Round, DeviceWork[] Devices)
{
    public bool Has(string deviceId) => Array.Exists(Devices, device => device.Position == Learning.Devices.DevicePosition.Of(deviceId));
}
