using System.Diagnostics;
using Sheaf.Learning.Models;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>
/// The threads that train: a few dedicated ones per silo, so that no training step ever runs on a grain's turn or on the shared
/// thread pool, where it would hold up every other call. Tasks share them fairly. Thread-safe.
/// </summary>
internal sealed class TrainingLanes : IDisposable
{
    private readonly object _lock = new();
    private readonly FairQueue<Action<Lane>> _work = new();
    private readonly List<Thread> _threads = [];
    private int _busy;
    private bool _isEnding;

    /// <summary>Starts lanes on the processor.</summary>
    /// <param name="trainers">What makes each lane's trainers.</param>
    /// <param name="options">How many lanes there are.</param>
    public TrainingLanes(ILocalTrainerFactory trainers, TrainingLaneOptions options)
        : this([.. Enumerable.Repeat(trainers, options.Lanes)], "training")
    {
    }

    /// <summary>Starts a lane for each of some trainers.</summary>
    /// <param name="trainers">What makes each lane's trainers, at least one.</param>
    /// <param name="name">What the threads are called.</param>
    public TrainingLanes(IReadOnlyList<ILocalTrainerFactory> trainers, string name)
    {
        PreferredBatch = trainers[0].PreferredBatch;
        for (var lane = 0; lane < trainers.Count; lane++)
        {
            var state = new Lane(lane, trainers[lane]);
            var thread = new Thread(() => Run(state)) { IsBackground = true, Name = $"{name}-{lane}", Priority = ThreadPriority.BelowNormal };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>How many lanes there are.</summary>
    public int Count => _threads.Count;

    /// <summary>How many lanes are at work.</summary>
    public int Busy => Volatile.Read(ref _busy);

    /// <summary>How many pieces of work wait for a lane.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _work.Count;
            }
        }
    }

    /// <summary>How many slices of a task keep all lanes at work: some train while others gather.</summary>
    public int SlicesAtOnce => Math.Max(4, 2 * Count);

    /// <summary>How many devices a lane computes best at once.</summary>
    public int PreferredBatch { get; }

    /// <summary>Runs a piece of work on the next free lane.</summary>
    /// <param name="task">The task that it is for.</param>
    /// <param name="work">The work; it gets the lane's number and trainers, and touches no grain.</param>
    /// <returns>When the work is done; with its exception, if it threw one.</returns>
    public Task RunAsync(string task, Action<Lane> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
            _work.Enqueue(task, lane => Complete(work, lane, done));
            Monitor.Pulse(_lock);
        }

        return done.Task;
    }

    /// <summary>Stops taking work, finishes what was given and ends the threads.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isEnding = true;
            Monitor.PulseAll(_lock);
        }

        _threads.ForEach(thread => thread.Join());
    }

    private static void Complete(Action<Lane> work, Lane lane, TaskCompletionSource done)
    {
        try
        {
            work(lane);
            done.SetResult();
        }
        catch (Exception exception)
        {
            // The boundary of a lane: whoever awaits the work gets the exception, the lane goes on.
            done.SetException(exception);
        }
    }

    private void Run(Lane lane)
    {
        while (Next(out var task, out var work))
        {
            var began = Stopwatch.GetTimestamp();
            Interlocked.Increment(ref _busy);
            work(lane);
            Interlocked.Decrement(ref _busy);
            lock (_lock)
            {
                _work.Charge(task, Stopwatch.GetElapsedTime(began));
            }
        }

        lane.Dispose();
    }

    private bool Next(out string task, out Action<Lane> work)
    {
        lock (_lock)
        {
            while (!_work.TryDequeue(out task, out work))
            {
                if (_isEnding)
                {
                    return false;
                }

                Monitor.Wait(_lock);
            }

            return true;
        }
    }

    /// <summary>What belongs to one lane.</summary>
    internal sealed class Lane(int number, ILocalTrainerFactory trainers) : IDisposable
    {
        private const int TrainersMax = 4;

        private readonly List<(ModelArchitecture Architecture, ILocalTrainer Trainer)> _trainers = [];

        /// <summary>Its number, in [0, lanes).</summary>
        public int Number => number;

        /// <summary>The lane's trainer of a model, made on first use; the one used least lately goes when there are too many.</summary>
        /// <param name="architecture">The model, one instance per task and silo.</param>
        /// <returns>The trainer.</returns>
        public ILocalTrainer TrainerOf(ModelArchitecture architecture)
        {
            var at = _trainers.FindIndex(known => ReferenceEquals(known.Architecture, architecture));
            var trainer = at >= 0 ? _trainers[at].Trainer : trainers.Create(architecture);
            if (at >= 0)
            {
                _trainers.RemoveAt(at);
            }
            else if (_trainers.Count == TrainersMax)
            {
                _trainers[0].Trainer.Dispose();
                _trainers.RemoveAt(0);
            }

            _trainers.Add((architecture, trainer));
            return trainer;
        }

        public void Dispose() => _trainers.ForEach(known => known.Trainer.Dispose());
    }
}
