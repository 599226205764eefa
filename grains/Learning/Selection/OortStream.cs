using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>What a random value of Oort is for. Numbers are part of the repeatability promise.</summary>
internal enum OortStage : ulong
{
    Cap = 1,
    Floor = 2,
    Exploit = 3,
    Explore = 4,
}

/// <summary>The random values of one round of Oort: functions of seed, round and position, so that any shard works them out alike.</summary>
/// <param name="Seed">The seed of the task.</param>
/// <param name="Round">The round.</param>
internal readonly record struct OortStream(ulong Seed, int Round)
{
    /// <summary>The value of a device.</summary>
    public ulong Key(OortStage stage, ulong position) => Prf.Value(Seed, Purpose.Oort, (ulong)Round, position, (ulong)stage);

    /// <summary>Whether the cap lets a device be selected in this round.</summary>
    public bool Passes(double cap, ulong position) => cap >= 1 || Uniform(OortStage.Cap, position) < cap;

    /// <summary>The key of a successive draw in proportion to weights: the least of −ln(1 − u)/w comes first, and without weight last.</summary>
    public double Turn(OortStage stage, ulong position, double weight) =>
        weight > 0 ? -Math.Log(1 - Uniform(stage, position)) / weight : double.PositiveInfinity;

    private double Uniform(OortStage stage, ulong position) => new PrfSequence(Key(stage, position)).NextDouble();
}

/// <summary>Where a device stands in an order: what is less comes first.</summary>
/// <param name="First">What decides.</param>
/// <param name="Second">What decides between equals.</param>
/// <param name="Position">The device's position, which decides at last.</param>
internal readonly record struct OortRank(double First, ulong Second, ulong Position) : IComparable<OortRank>
{
    /// <inheritdoc/>
    public int CompareTo(OortRank other) => (First, Second, Position).CompareTo((other.First, other.Second, other.Position));
}
