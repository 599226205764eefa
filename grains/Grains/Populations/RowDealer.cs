using System.Globalization;
using Sheaf.Abstractions.Populations;
using Sheaf.Learning.Partitioning;

namespace Sheaf.Grains.Populations;

/// <summary>Names the device of a row by a population's partition: the same one whenever and in whichever order the row arrives. Immutable and
/// thread-safe.</summary>
internal sealed class RowDealer
{
    // Pairs of devices grow with the square: half a million of them take a moment, more would take minutes.
    private const int ComparedDevicesMax = 1000;

    private readonly PartitionSpec _spec;
    private readonly Dictionary<string, int> _labels;
    private readonly IPartition _partition;

    /// <summary>Works out a partition.</summary>
    /// <param name="spec">The specification.</param>
    /// <exception cref="ArgumentException">There is no such kind, or a value is out of range.</exception>
    public RowDealer(PartitionSpec spec)
    {
        if (spec.Labels.Length != spec.LabelRows.Length)
        {
            throw new ArgumentException($"{spec.Labels.Length} labels have {spec.LabelRows.Length} counts of rows. Give one for each.", nameof(spec));
        }

        _spec = spec;
        _labels = spec.Labels.Index().ToDictionary(label => label.Item, label => label.Index, StringComparer.Ordinal);
        _partition = PartitionerOf(spec).Build(spec.LabelRows, spec.Devices, spec.Seed);
    }

    /// <summary>Gives a row its device.</summary>
    /// <param name="arrival">The row.</param>
    /// <returns>The row, of the device <c>device-K</c>, K from 0.</returns>
    /// <exception cref="ArgumentException">The partition has no such row.</exception>
    public Arrival Deal(Arrival arrival)
    {
        if (arrival.LabelOrdinal is not { } ordinal || !_labels.TryGetValue(arrival.Label, out var label))
        {
            throw new ArgumentException(
                $"Row {arrival.Row} has no place in its label or a label that the partition does not know. Send both as the population was registered.", nameof(arrival));
        }

        var device = _partition.DeviceOf(label, ordinal);
        return arrival with { DeviceId = string.Create(CultureInfo.InvariantCulture, $"device-{device}") };
    }

    /// <summary>How much the labels of the devices differ. Takes time with the rows and with the square of the devices: call it outside a turn.</summary>
    /// <returns>The mean pairwise Jensen–Shannon divergence in bits; null for more than 1000 devices.</returns>
    public double? LabelDivergence() =>
        _spec.Devices <= ComparedDevicesMax ? LabelSkew.MeanPairwiseJensenShannon(LabelSkew.CountsOf(_partition, _spec.LabelRows)) : null;

    private static IPartitioner PartitionerOf(PartitionSpec spec)
    {
        IPartitioner[] all =
        [
            new IidPartitioner(),
            new LabelDirichletPartitioner(spec.Alpha),
            new QuantityDirichletPartitioner(spec.Beta),
            new ZipfPartitioner(spec.Exponent),
        ];
        return all.FirstOrDefault(partitioner => partitioner.Name == spec.Kind)
            ?? throw new ArgumentException($"There is no partition '{spec.Kind}'. Use {string.Join(" or ", all.Select(partitioner => partitioner.Name))}.", nameof(spec));
    }
}
