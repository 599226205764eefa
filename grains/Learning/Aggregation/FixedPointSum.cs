using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sheaf.Learning.Aggregation;

/// <summary>
/// A weighted sum of updates in 64-bit integers: addition is associative and commutative to the last bit, so the order of devices,
/// batches, slices, silos and retries cannot change it. Not thread-safe.
/// </summary>
/// <remarks>Laws: fold in any order gives the same sum; <see cref="Add"/> of two sums is the sum of all their updates;
/// memory is O(model), whatever the number of updates.</remarks>
public sealed class FixedPointSum
{
    /// <summary>Σ weight is kept in units of 2⁻²⁰.</summary>
    private const double WeightUnitsPerOne = 1 << 20;

    /// <summary>Parameters of the mean that are computed at once: 8 MiB of units.</summary>
    private const int MeanChunk = 1024 * 1024;

    private readonly long[] _units;
    private long _weightUnits;

    /// <summary>Makes an empty sum.</summary>
    /// <param name="parameterCount">The length of an update.</param>
    /// <param name="scale">The scale that all its updates share.</param>
    public FixedPointSum(int parameterCount, FixedPointScale scale)
        : this(new long[parameterCount], scale, 0, 0)
    {
    }

    /// <summary>Restores a sum from its parts; the array is kept, not copied.</summary>
    /// <param name="units">The values in units of the scale.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="weightUnits">Σ weight in units of 2⁻²⁰.</param>
    /// <param name="updates">How many updates it holds.</param>
    public FixedPointSum(long[] units, FixedPointScale scale, long weightUnits, int updates)
    {
        ArgumentNullException.ThrowIfNull(units);
        (_units, Scale, _weightUnits, Updates) = (units, scale, weightUnits, updates);
    }

    /// <summary>The scale that all its updates share.</summary>
    public FixedPointScale Scale { get; }

    /// <summary>How many updates it holds.</summary>
    public int Updates { get; private set; }

    /// <summary>Σ weight of the updates it holds.</summary>
    public double Weight => _weightUnits / WeightUnitsPerOne;

    /// <summary>Σ weight in units of 2⁻²⁰, as <see cref="FixedPointSum(long[], FixedPointScale, long, int)"/> takes it.</summary>
    public long WeightUnits => _weightUnits;

    /// <summary>The values in units of the scale.</summary>
    public ReadOnlySpan<long> Units => _units;

    /// <summary>Counts one update whose values are folded by <see cref="FoldDifference"/>.</summary>
    /// <param name="weight">Its weight.</param>
    public void Count(double weight)
    {
        _weightUnits = checked(_weightUnits + UnitsOf(weight));
        Updates++;
    }

    /// <summary>A weight as sums count it.</summary>
    /// <param name="weight">The weight.</param>
    /// <returns>The weight in units of 2⁻²⁰, rounded to the nearest.</returns>
    public static long UnitsOf(double weight) => (long)Math.Round(weight * WeightUnitsPerOne);

    /// <summary>Adds factor · (local − start) to a run of parameters; every value must be finite.</summary>
    /// <param name="offset">The first parameter.</param>
    /// <param name="local">The device's values after training.</param>
    /// <param name="start">The checkpoint's values.</param>
    /// <param name="factor">Weight times clipping factor.</param>
    public void FoldDifference(int offset, ReadOnlySpan<float> local, ReadOnlySpan<float> start, double factor)
    {
        var units = _units.AsSpan(offset, local.Length);
        var unitFactor = factor * Scale.UnitsPerOne;
        var i = 0;
        if (Vector.IsHardwareAccelerated && local.Length >= Vector<float>.Count)
        {
            i = FoldVectors(units, local, start, unitFactor);
        }

        for (; i < local.Length; i++)
        {
            units[i] += (long)Math.Round((double)(local[i] - start[i]) * unitFactor, MidpointRounding.ToEven);
        }
    }

    /// <summary>Adds another sum of the same shape and scale.</summary>
    /// <param name="other">The other sum; it stays as it is.</param>
    /// <exception cref="ArgumentException">The shapes or the scales differ.</exception>
    public void Add(FixedPointSum other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._units.Length != _units.Length || other.Scale != Scale)
        {
            throw new ArgumentException(
                $"A sum of {other._units.Length} values at scale {other.Scale.FractionBits} cannot be added to one of {_units.Length} at {Scale.FractionBits}.",
                nameof(other));
        }

        AddUnits(0, other._units);
        _weightUnits = checked(_weightUnits + other._weightUnits);
        Updates = checked(Updates + other.Updates);
    }

    /// <summary>Adds a run of another sum's units, for sums that arrive in chunks.</summary>
    /// <param name="offset">The first parameter of the run.</param>
    /// <param name="units">The units.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddUnits(int offset, ReadOnlySpan<long> units)
    {
        var mine = _units.AsSpan(offset, units.Length);
        var mineVectors = MemoryMarshal.Cast<long, Vector<long>>(mine);
        var theirVectors = MemoryMarshal.Cast<long, Vector<long>>(units);
        for (var i = 0; i < mineVectors.Length; i++)
        {
            mineVectors[i] += theirVectors[i];
        }

        for (var i = mineVectors.Length * Vector<long>.Count; i < mine.Length; i++)
        {
            mine[i] += units[i];
        }
    }

    /// <summary>Adds the counts of a sum whose units arrive by <see cref="AddUnits"/>.</summary>
    /// <param name="weightUnits">Its Σ weight in units of 2⁻²⁰.</param>
    /// <param name="updates">Its number of updates.</param>
    public void AddCounts(long weightUnits, int updates)
    {
        _weightUnits = checked(_weightUnits + weightUnits);
        Updates = checked(Updates + updates);
    }

    /// <summary>What multiplies <see cref="Units"/> so that they become the weighted mean update; infinite without weight.</summary>
    public double MeanFactor => 1 / (Scale.UnitsPerOne * Weight);

    /// <summary>The weighted mean update Σ w·u / Σ w.</summary>
    /// <param name="math">What computes, a chunk at a time; null is the processor. It changes no bit.</param>
    /// <returns>A new vector of one value per parameter.</returns>
    /// <exception cref="InvalidOperationException">The sum holds no weight.</exception>
    public float[] Mean(IChunkMath? math = null)
    {
        if (_weightUnits <= 0)
        {
            throw new InvalidOperationException("A sum without weight has no mean: check that at least one update was folded.");
        }

        var mean = new float[_units.Length];
        math ??= new ProcessorChunkMath();
        for (var offset = 0; offset < mean.Length; offset += MeanChunk)
        {
            var count = Math.Min(MeanChunk, mean.Length - offset);
            math.Scale(_units.AsSpan(offset, count), [MeanFactor], mean.AsSpan(offset, count));
        }

        return mean;
    }

    /// <summary>Forgets everything, keeping the memory.</summary>
    public void Clear()
    {
        Array.Clear(_units);
        (_weightUnits, Updates) = (0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FoldVectors(Span<long> units, ReadOnlySpan<float> local, ReadOnlySpan<float> start, double unitFactor)
    {
        // Adding and subtracting 1.5·2⁵² rounds to even, but only below 2⁵¹; ConvertToInt64 truncates, so round first.
        var factor = new Vector<double>(unitFactor);
        var width = Vector<float>.Count;
        var half = Vector<double>.Count;
        var end = local.Length - (local.Length % width);
        for (var i = 0; i < end; i += width)
        {
            Vector.Widen(new Vector<float>(local[i..]) - new Vector<float>(start[i..]), out var low, out var high);
            var lowUnits = Vector.ConvertToInt64(Vector.Round(low * factor));
            var highUnits = Vector.ConvertToInt64(Vector.Round(high * factor));
            (new Vector<long>(units[i..]) + lowUnits).CopyTo(units[i..]);
            (new Vector<long>(units[(i + half)..]) + highUnits).CopyTo(units[(i + half)..]);
        }

        return end;
    }
}
