namespace Sheaf.Grains.Training;

/// <summary>Scores of some devices, or of some of their examples, added up: whole numbers only, so that no order changes a bit.</summary>
/// <param name="Devices">How many devices there are.</param>
/// <param name="Examples">How many examples they scored.</param>
/// <param name="Weighted">Σ examples/π, in units of 2⁻²⁰.</param>
/// <param name="Correct">Σ right ones/π, in units of 2⁻²⁰.</param>
/// <param name="Loss">Σ losses/π, in units of 2⁻⁵² nats.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ScoreSums")]
internal readonly record struct ScoreSums(
    [property: Id(0)] int Devices,
    [property: Id(1)] long Examples,
    [property: Id(2)] Int128 Weighted,
    [property: Id(3)] Int128 Correct,
    [property: Id(4)] Int128 Loss)
{
    private const double UnitsPerOne = 1 << 20;

    /// <summary>The share of right ones; null when nothing was scored.</summary>
    public double? Accuracy => Weighted > 0 ? (double)Correct / (double)Weighted : null;

    /// <summary>The mean loss in nats; null when nothing was scored.</summary>
    public double? MeanLoss => Weighted > 0 ? DeviceResult.ToNats(Loss) / (double)Weighted : null;

    /// <summary>How many examples those scored stand for: Σ examples/π.</summary>
    public double Represented => (double)Weighted / UnitsPerOne;

    /// <summary>Both sums.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Their sum.</returns>
    public static ScoreSums operator +(ScoreSums left, ScoreSums right) => new(
        left.Devices + right.Devices,
        left.Examples + right.Examples,
        left.Weighted + right.Weighted,
        left.Correct + right.Correct,
        left.Loss + right.Loss);

    /// <summary>The scores of one device, or of some of its examples.</summary>
    /// <param name="devices">1, or 0 when it is counted already.</param>
    /// <param name="examples">Examples scored.</param>
    /// <param name="correct">Right ones.</param>
    /// <param name="lossUnits">Σ of their losses, in units of 2⁻³² nats.</param>
    /// <param name="inverseInclusion">1/π of the device, at least 1.</param>
    /// <returns>The sums.</returns>
    public static ScoreSums Of(int devices, long examples, long correct, Int128 lossUnits, double inverseInclusion)
    {
        var weight = (Int128)Math.Round(inverseInclusion * UnitsPerOne);
        return new ScoreSums(devices, examples, weight * examples, weight * correct, weight * lossUnits);
    }
}
