using System.Collections.Immutable;
using Sheaf.Grains.Devices;
using Sheaf.Grains.Rounds;
using Sheaf.Learning.Devices;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <content>Taking the devices' examples in.</content>
internal sealed partial class SliceSession
{
    private bool _isGathering = true;

    /// <summary>Takes a device's examples, tokenised. Called by the device, on its own turn.</summary>
    /// <param name="index">The device's index in the slice.</param>
    /// <param name="examples">All it holds.</param>
    /// <param name="made">Says how many it ever made, which is how active it is.</param>
    /// <returns>Whether they were of use.</returns>
    public ContributionAnswer HandOver(int index, IEnumerable<StoredExample> examples, Func<int> made)
    {
        var meant = examples.Where(IsMeant).ToArray();
        var packed = PackedOf(meant);
        lock (_lock)
        {
            if (_aborted.IsCancellationRequested)
            {
                packed.Clear();
                return ContributionAnswer.SessionOver;
            }

            if (packed.Count == 0)
            {
                return ContributionAnswer.Declined;
            }

            _fingerprints[index] = ExampleFingerprint.Of(meant);
            if (Key.Kind == SliceKind.Recall)
            {
                // Who is only asked what it would use hands nothing over.
                packed.Clear();
            }
            else
            {
                _examples[index] = packed;
            }

            _groups[index] = order.Groups?.GroupOf(made(), DevicePosition.Of(order.Devices[index])) ?? 0;
            return ContributionAnswer.HandedOver;
        }
    }

    /// <summary>Whether its devices are still being called.</summary>
    public bool IsGathering
    {
        get
        {
            lock (_lock)
            {
                return _isGathering;
            }
        }
    }

    /// <summary>Whether a device has handed over and has not trained yet.</summary>
    /// <param name="index">The device's index in the slice.</param>
    /// <returns>True when it is so.</returns>
    public bool IsHolding(int index)
    {
        lock (_lock)
        {
            return _examples[index] is not null;
        }
    }

    /// <summary>Clears what has been handed over so far: the devices will be asked again.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            Forget(Enumerable.Range(0, _examples.Length));
        }
    }

    /// <summary>Which of a device's examples training will use: those that are sampled from all that it hands over.</summary>
    /// <param name="index">The device's index in the slice.</param>
    /// <param name="examples">All it holds.</param>
    /// <returns>The ids of the examples.</returns>
    public ImmutableArray<long> UsedOf(int index, IEnumerable<StoredExample> examples)
    {
        var meant = examples.Where(IsMeant).ToArray();
        var packed = PackedOf(meant);
        if (packed.Count == 0)
        {
            return [];
        }

        var schedule = LocalSchedule.Plan(packed.Count, program.Local, program.Seed, Key.Round, DevicePosition.Of(order.Devices[index]));
        var used = Enumerable.Range(0, schedule.Steps).SelectMany(step => schedule.Batch(step).ToArray());
        // Only their number and where they come from is asked for.
        packed.Clear();
        return [.. used.Select(example => packed.Sources?[example] ?? example).Distinct().Select(source => meant[source].ExampleId).Order()];
    }

    private PackedExamples PackedOf(IEnumerable<StoredExample> examples) => program.Packer.Pack(examples.Select(example => (example.Text, example.Label)));

    private bool IsMeant(StoredExample example) => Key.Kind switch
    {
        SliceKind.Evaluate => example.HeldOut && example.Period <= order.Period,
        SliceKind.ScoreNew => !example.HeldOut && example.Period == order.Moment.Period,
        _ => !example.HeldOut && example.Period <= order.Period,
    };
}
