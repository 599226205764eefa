using Sheaf.Grains.Rounds;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>
/// What one attempt at a slice holds on its silo: the examples that its devices have handed over, and the sums they become. Thread-safe.
/// </summary>
/// <remarks>Law: after <see cref="AbortAsync"/> has returned, nothing here holds an example or an update.</remarks>
internal sealed partial class SliceSession(
    SliceOrder order, TaskProgram program, (TrainingLanes Lanes, bool AreAccelerated) on, SumPool pool)
{
    private readonly Lock _lock = new();
    private readonly PackedExamples?[] _examples = new PackedExamples?[order.Devices.Length];
    private readonly DeviceResult[] _results = new DeviceResult[order.Devices.Length];
    private readonly TrainingLanes _lanes = on.Lanes;
    private readonly FixedPointSum?[] _laneSums = new FixedPointSum?[on.Lanes.Count];
    private readonly CancellationTokenSource _aborted = new();
    private readonly int[] _groups = new int[order.Devices.Length];
    private readonly ulong[] _fingerprints = new ulong[order.Devices.Length];
    private int _inLanes;
    private TaskCompletionSource? _idle;

    /// <summary>The attempt.</summary>
    public SliceKey Key => order.Key;

    /// <summary>Whether an accelerator computes, so that results agree with others within rounding only.</summary>
    public bool IsAccelerated => on.AreAccelerated && Key.Kind != SliceKind.Recall;

    /// <summary>Set when the attempt no longer counts.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>What became of each device so far.</summary>
    public ReadOnlySpan<DeviceResult> Results => _results;

    /// <summary>What the devices have scored so far; nothing when they train.</summary>
    public ScoreSheet Scores { get; private set; } = ScoreSheet.Empty;

    /// <summary>Which examples each device has handed over for training, or would hand over; nothing when they score.</summary>
    public ulong[] Fingerprints => Key.Kind is SliceKind.Train or SliceKind.Recall ? _fingerprints : [];

    /// <summary>What each device reports to the selection so far; nothing when no strategy asks for it.</summary>
    public float[] Reports => Key.IsEvaluation || program.Guide is not { } guide
        ? []
        : Array.ConvertAll(_results, result => result.Outcome == DeviceOutcome.Done ? guide.ReportOf(result) : 0);

    /// <summary>Whether a device is one of the session's, and not left out of it already.</summary>
    /// <param name="ofPopulation">The device's population.</param>
    /// <param name="deviceId">The device.</param>
    /// <returns>True when it is.</returns>
    public bool Holds(string ofPopulation, string deviceId) =>
        ofPopulation == order.Task.Population
        && order.Devices.IndexOf(deviceId, 0, order.Devices.Length, StringComparer.Ordinal) is >= 0 and var index
        && !order.Erased.Contains(index);

    /// <summary>Notes that a device gave nothing.</summary>
    /// <param name="index">The device's index in the slice.</param>
    /// <param name="outcome">Why.</param>
    public void Note(int index, DeviceOutcome outcome) => _results[index] = _results[index] with { Outcome = outcome };

    /// <summary>Notes who has said what it would use.</summary>
    public void NoteRecalled()
    {
        foreach (var index in Enumerable.Range(0, _fingerprints.Length).Where(index => _fingerprints[index] != 0))
        {
            Note(index, DeviceOutcome.Done);
        }
    }

    /// <summary>Trains every device that has handed over, on the lanes.</summary>
    /// <param name="parameters">The checkpoint.</param>
    /// <param name="deadline">Batches that have not begun when it is set are late.</param>
    /// <returns>The sum of the updates; null when the session was aborted.</returns>
    public async Task<FixedPointSum?> TrainAsync(float[] parameters, CancellationToken deadline)
    {
        var training = new TrainingOrder(program.Seed, Key.Round, parameters, program.Local, program.Bounds, program.Weighting);
        await RunBatchesAsync((lane, batch) => Train(lane, training, batch), deadline);
        lock (_lock)
        {
            return _aborted.IsCancellationRequested ? null : TakeSum();
        }
    }

    /// <summary>Scores a checkpoint on every device that has handed over, on the lanes.</summary>
    /// <param name="parameters">The checkpoint.</param>
    /// <param name="deadline">Batches that have not begun when it is set are late.</param>
    /// <returns>When all are scored, or the session was aborted.</returns>
    public Task EvaluateAsync(float[] parameters, CancellationToken deadline) =>
        RunBatchesAsync((lane, batch) => Evaluate(lane, parameters, batch), deadline);

    /// <summary>Stops the attempt and clears what it holds. Idempotent.</summary>
    /// <returns>When no lane works for it any more and everything is cleared.</returns>
    public async Task AbortAsync()
    {
        await _aborted.CancelAsync();
        Task idle;
        lock (_lock)
        {
            // Batches that wait for a lane never begin; only those in one are waited for, and what they say no longer matters.
            idle = _inLanes == 0 ? Task.CompletedTask : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle;
        lock (_lock)
        {
            Forget(Enumerable.Range(0, _examples.Length));
            for (var lane = 0; lane < _laneSums.Length; lane++)
            {
                pool.Return(Interlocked.Exchange(ref _laneSums[lane], null));
            }
        }
    }

    private Task RunBatchesAsync(Action<TrainingLanes.Lane, int[]> work, CancellationToken deadline)
    {
        var ready = Enumerable.Range(0, _examples.Length).Where(index => _examples[index] is not null);
        // Devices with as many batches as their neighbours keep the whole width of a computation busy to its end.
        var batches = ready.OrderByDescending(index => _examples[index]!.Count).ThenBy(index => index).Chunk(_lanes.PreferredBatch);
        lock (_lock)
        {
            _isGathering = false;
            return Task.WhenAll(batches.Select(batch => _lanes.RunAsync(Key.Task, lane => RunBatch(lane, batch, work, deadline))));
        }
    }

    private void RunBatch(TrainingLanes.Lane lane, int[] batch, Action<TrainingLanes.Lane, int[]> work, CancellationToken deadline)
    {
        lock (_lock)
        {
            if (_aborted.IsCancellationRequested || deadline.IsCancellationRequested)
            {
                Array.ForEach(batch, index => Note(index, DeviceOutcome.Late));
                Forget(batch);
                return;
            }

            _inLanes++;
        }

        try
        {
            work(lane, batch);
        }
        finally
        {
            lock (_lock)
            {
                Forget(batch);
                if (--_inLanes == 0)
                {
                    _idle?.TrySetResult();
                }
            }
        }
    }

    private void Train(TrainingLanes.Lane lane, TrainingOrder training, int[] batch)
    {
        var sum = _laneSums[lane.Number] ??= pool.Rent(program.Architecture.ParameterCount, program.Scale);
        var work = Array.ConvertAll(batch, WorkOf);
        var outcomes = new TrainingOutcome[batch.Length];
        lane.TrainerOf(program.Architecture).Train(training, work, sum, outcomes);
        for (var i = 0; i < batch.Length; i++)
        {
            _results[batch[i]] = DeviceResult.Of(outcomes[i]);
        }
    }

    // Inclusion probabilities are of whole units of mass, so that the bound may be missed by a rounding; the scale of the sum relies on it.
    private DeviceWork WorkOf(int index) => new(
        DevicePosition.Of(order.Devices[index]), _examples[index]!, Math.Min(order.InverseInclusions[index], program.InverseInclusionMax));

    private void Evaluate(TrainingLanes.Lane lane, float[] parameters, int[] batch)
    {
        var outcomes = new EvaluationOutcome[batch.Length];
        var devices = Array.ConvertAll(batch, index => _examples[index]!);
        var correct = new bool[devices.Sum(examples => examples.Count)];
        lane.TrainerOf(program.Architecture).Evaluate(parameters, devices, outcomes, correct);
        var sheet = new ScoreSheetBuilder(program.Architecture.Classes, order.Groups?.Count ?? 1);
        for (var (i, from) = (0, 0); i < batch.Length; from += devices[i++].Count)
        {
            var result = _results[batch[i]] = DeviceResult.Of(outcomes[i]);
            sheet.Add(result, _groups[batch[i]], order.InverseInclusions[batch[i]], devices[i].Labels, correct.AsSpan(from, devices[i].Count));
        }

        lock (_lock)
        {
            Scores = Scores.Add(sheet.ToSheet());
        }
    }

    private FixedPointSum TakeSum()
    {
        var total = pool.Rent(program.Architecture.ParameterCount, program.Scale);
        for (var lane = 0; lane < _laneSums.Length; lane++)
        {
            if (_laneSums[lane] is { } sum)
            {
                total.Add(sum);
                pool.Return(sum);
                _laneSums[lane] = null;
            }
        }

        return total;
    }

    private void Forget(IEnumerable<int> indices)
    {
        foreach (var index in indices)
        {
            _examples[index]?.Clear();
            _examples[index] = null;
        }
    }
}
