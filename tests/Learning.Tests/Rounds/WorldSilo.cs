using System.Collections.Immutable;

namespace Sheaf.Learning.Tests.Rounds;

/// <summary>A silo of a <see cref="RoundWorld"/>: the attempts it holds and the sum they are merged into, as multisets of devices.</summary>
internal sealed class WorldSilo(string name)
{
    private readonly Dictionary<(int Slice, int Attempt), int[]> _sealed = [];
    private readonly Dictionary<int, (int Attempt, int[] Devices)> _sum = [];

    public string Name => name;

    public int Generation { get; private set; } = 1;

    /// <summary>What the sum holds.</summary>
    public IEnumerable<(int Slice, int Attempt, int[] Devices)> Sum => _sum.Select(slice => (slice.Key, slice.Value.Attempt, slice.Value.Devices));

    /// <summary>Every device whose update is anywhere on this silo.</summary>
    public IEnumerable<int> Held => _sealed.Values.Concat(_sum.Values.Select(slice => slice.Devices)).SelectMany(devices => devices);

    public void Train(int slice, int attempt, int[] devices) => _sealed[(slice, attempt)] = devices;

    public bool Holds(int slice, int attempt) => _sealed.ContainsKey((slice, attempt));

    public void Abort(int slice, int attempt) => _sealed.Remove((slice, attempt));

    /// <summary>Merges a sealed attempt, and lets go of it whether or not it was merged.</summary>
    public bool Merge(int slice, int attempt, int generation)
    {
        _sealed.Remove((slice, attempt), out var devices);
        if (generation < Generation)
        {
            return false;
        }

        Drop(generation);
        return _sum.TryAdd(slice, (attempt, devices!)) || _sum[slice].Attempt == attempt;
    }

    public void Drop(int generation)
    {
        if (generation > Generation)
        {
            Generation = generation;
            _sum.Clear();
        }
    }

    /// <summary>Ends everything of older epochs.</summary>
    public void Retire()
    {
        _sealed.Clear();
        _sum.Clear();
        Generation = 1;
    }

    /// <summary>What the sum of a generation holds now; null when there is none.</summary>
    public (ImmutableDictionary<int, int> Slices, int[] Devices)? Copy(int generation) => Generation == generation && _sum.Count > 0
        ? (_sum.ToImmutableDictionary(slice => slice.Key, slice => slice.Value.Attempt), [.. _sum.Values.SelectMany(slice => slice.Devices)])
        : null;

    /// <summary>The devices in the sum, if it holds exactly these slices.</summary>
    public int[]? Find(int generation, IReadOnlyDictionary<int, int> slices) =>
        Generation == generation && _sum.Count == slices.Count
        && slices.All(slice => _sum.TryGetValue(slice.Key, out var held) && held.Attempt == slice.Value)
            ? [.. _sum.Values.SelectMany(slice => slice.Devices)]
            : null;
}
