using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// In which rounds a device cannot be, by the positions of those that are: so that asking for the rounds of one device reads the rows of its own rounds, and
/// not those of all. It holds so many positions and no more; of other rounds it knows nothing. To be used from one grain's turns only.
/// </summary>
/// <param name="positionsMax">How many positions it holds, of 8 bytes each.</param>
internal sealed class TrainedPositions(int positionsMax = 4_000_000)
{
    private readonly Dictionary<int, ulong[]> _rounds = [];
    private int _held;

    /// <summary>Grows whenever a round is forgotten: what was read before that must not be remembered after it.</summary>
    public int Version { get; private set; }

    /// <summary>Whether a device may be in a round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="deviceId">The device.</param>
    /// <returns>False when it is not; true when its row is to be read.</returns>
    public bool MayHave(int round, string deviceId) =>
        !_rounds.TryGetValue(round, out var positions) || Array.BinarySearch(positions, DevicePosition.Of(deviceId)) >= 0;

    /// <summary>Remembers who is in a round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="deviceIds">Its devices.</param>
    /// <param name="version">The version when they were read.</param>
    public void Remember(int round, IReadOnlyCollection<string> deviceIds, int version)
    {
        if (version != Version || _rounds.ContainsKey(round) || _held + deviceIds.Count > positionsMax)
        {
            return;
        }

        var positions = deviceIds.Select(id => DevicePosition.Of(id)).ToArray();
        Array.Sort(positions);
        _rounds.Add(round, positions);
        _held += positions.Length;
    }

    /// <summary>Forgets a round, whose row is being written.</summary>
    /// <param name="round">The round.</param>
    public void Forget(int round)
    {
        Version++;
        if (_rounds.Remove(round, out var positions))
        {
            _held -= positions.Length;
        }
    }
}
