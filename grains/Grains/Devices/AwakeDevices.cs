namespace Sheaf.Grains.Devices;

/// <summary>How many devices a silo keeps awake.</summary>
public sealed class AwakeDeviceOptions
{
    /// <summary>The most devices that are awake on a silo after their calls are answered; those that have not been called for longest fall asleep first. What they
    /// hold is in storage, or is made anew. A device that is awake takes some 3 kB and its examples.</summary>
    /// <value>At least 1. Default: 50,000.</value>
    public int Max { get; init; } = 50_000;
}

/// <summary>The devices of a silo that are awake, by when they were last called, so that its memory does not grow with the population. Thread-safe.</summary>
/// <param name="options">How many there may be.</param>
internal sealed class AwakeDevices(AwakeDeviceOptions options)
{
    // Who holds examples for a slice stays awake to say so to other tasks; those are few, and looking past them must not cost more than a call.
    private const int LookedAtMax = 16;

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _byCall = [];

    /// <summary>How many devices are awake.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byCall.Count;
            }
        }
    }

    /// <summary>Notes that a device has woken, for a call that is on its way.</summary>
    /// <param name="device">The device.</param>
    /// <param name="isHeld">Whether it must stay awake although nobody calls it; asked from any thread.</param>
    /// <returns>Its place.</returns>
    public Place Wake(IGrainContext device, Func<bool> isHeld)
    {
        var place = new Place(device, isHeld);
        lock (_lock)
        {
            _byCall.AddLast(place.Node);
        }

        return place;
    }

    /// <summary>Notes that a call to a device begins.</summary>
    /// <param name="place">Its place.</param>
    public void Begin(Place place)
    {
        lock (_lock)
        {
            place.Calls++;
            place.IsCalled = true;
        }
    }

    /// <summary>Notes that a call to a device has ended, and has another one fall asleep when there are too many.</summary>
    /// <param name="place">Its place.</param>
    public void End(Place place)
    {
        Place? tired;
        lock (_lock)
        {
            place.Calls--;
            if (place.Node.List is not null)
            {
                _byCall.Remove(place.Node);
                _byCall.AddLast(place.Node);
            }

            tired = _byCall.Count > options.Max ? _byCall.Take(LookedAtMax).FirstOrDefault(other => other is { IsCalled: true, Calls: 0 } && !other.IsHeld()) : null;
            if (tired is not null)
            {
                _byCall.Remove(tired.Node);
            }
        }

        tired?.Device.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Its silo keeps no more devices awake."));
    }

    /// <summary>Notes that a device falls asleep. Idempotent.</summary>
    /// <param name="place">Its place.</param>
    public void Sleep(Place place)
    {
        lock (_lock)
        {
            if (place.Node.List is not null)
            {
                _byCall.Remove(place.Node);
            }
        }
    }

    /// <summary>A device among those that are awake.</summary>
    internal sealed class Place
    {
        public Place(IGrainContext device, Func<bool> isHeld)
        {
            (Device, IsHeld) = (device, isHeld);
            Node = new LinkedListNode<Place>(this);
        }

        public IGrainContext Device { get; }

        public Func<bool> IsHeld { get; }

        public LinkedListNode<Place> Node { get; }

        public bool IsCalled { get; set; }

        public int Calls { get; set; }
    }
}
