using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>What a sealed slice says of itself: counts only, the sum stays on its silo.</summary>
/// <param name="IsAborted">Whether the attempt was stopped; then nothing else counts.</param>
/// <param name="Silo">Where it ran.</param>
/// <param name="Outcomes">One outcome per device of the slice.</param>
/// <param name="Examples">Examples trained on or scored.</param>
/// <param name="LossUnits">Σ of the devices' losses, in units of 2⁻³² nats.</param>
/// <param name="TouchedParameters">Σ of the parameters that updates touched.</param>
/// <param name="Scores">What its devices have scored; nothing when they train.</param>
/// <param name="Fingerprints">Which examples each device has used; none when they score.</param>
/// <param name="Reports">One number per device that trained, for a strategy that goes by what devices report; empty for any other.</param>
/// <param name="Weights">What each device's update weighs in the slice's sum, in units of 2⁻²⁰; 0 when it is not in it.</param>
/// <param name="IsAccelerated">Whether an accelerator computed it, whose sums are added in no fixed order.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SliceReport")]
internal sealed record SliceReport(
    [property: Id(0)] bool IsAborted,
    [property: Id(1)] SiloAddress Silo,
    [property: Id(2)] DeviceOutcome[] Outcomes,
    [property: Id(3)] long Examples,
    [property: Id(5)] Int128 LossUnits,
    [property: Id(6)] long TouchedParameters,
    [property: Id(7)] ScoreSheet Scores,
    [property: Id(8)] ulong[] Fingerprints,
    [property: Id(9)] float[] Reports,
    [property: Id(10)] long[] Weights,
    [property: Id(11)] bool IsAccelerated)
{
    /// <summary>The report of an attempt that was stopped.</summary>
    /// <param name="silo">Where it ran.</param>
    /// <returns>The report.</returns>
    public static SliceReport Aborted(SiloAddress silo) => new(true, silo, [], 0, 0, 0, ScoreSheet.Empty, [], [], [], false);

    /// <summary>The report of a sealed attempt.</summary>
    /// <param name="silo">Where it ran.</param>
    /// <param name="results">What became of each device.</param>
    /// <param name="scores">What they have scored.</param>
    /// <param name="fingerprints">Which examples each has used.</param>
    /// <param name="reports">What they report to the selection.</param>
    /// <param name="isAccelerated">Whether an accelerator computed it.</param>
    /// <returns>The report.</returns>
    public static SliceReport Sealed(
        SiloAddress silo, ReadOnlySpan<DeviceResult> results, ScoreSheet scores, ulong[] fingerprints, float[] reports, bool isAccelerated)
    {
        var (outcomes, weights) = (new DeviceOutcome[results.Length], new long[results.Length]);
        var (examples, loss, touched) = (0L, Int128.Zero, 0L);
        for (var i = 0; i < results.Length; i++)
        {
            (outcomes[i], weights[i]) = (results[i].Outcome, results[i].WeightUnits);
            examples += results[i].Examples;
            loss = checked(loss + results[i].LossUnits);
            touched += results[i].TouchedParameters;
        }

        return new SliceReport(false, silo, outcomes, examples, loss, touched, scores, fingerprints, reports, weights, isAccelerated);
    }
}
