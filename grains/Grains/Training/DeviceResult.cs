using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>What became of one device in one attempt at a slice.</summary>
[GenerateSerializer, Alias("sheaf.DeviceOutcome")]
internal enum DeviceOutcome : byte
{
    /// <summary>It had not answered by the deadline.</summary>
    Late,

    /// <summary>It trained, or scored.</summary>
    Done,

    /// <summary>It had nothing to train on or to score.</summary>
    Declined,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>It was erased.</summary>
    Erased,

    /// <summary>Its update had a value that is not finite.</summary>
    NotFinite,

    /// <summary>Its update was beyond the reject norm.</summary>
    OutOfBounds,

    /// <summary>It is a virtual device that plays one which never answers, or goes offline before it has.</summary>
    DroppedOut,

    /// <summary>By the virtual clock, its update would come after the round has ended. It did not train.</summary>
    AfterTheEnd,
}

/// <summary>One device's outcome with its counts. Losses are whole numbers of 2⁻³² nats, so that their sums have no order.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Examples">Examples trained on or scored.</param>
/// <param name="Correct">Examples scored right; evaluation only.</param>
/// <param name="LossUnits">Training: its mean loss. Evaluation: the sum of its losses.</param>
/// <param name="TouchedParameters">Parameters that its update touched; training only.</param>
/// <param name="SquaredLoss">Its mean squared loss; training only.</param>
/// <param name="WeightUnits">What its update weighs in the sum, in units of 2⁻²⁰; 0 when it is not in it.</param>
internal readonly record struct DeviceResult(
    DeviceOutcome Outcome, int Examples, int Correct, Int128 LossUnits, long TouchedParameters, double SquaredLoss = 0, long WeightUnits = 0)
{
    private const double LossUnitsPerNat = 4_294_967_296;

    // Nats: the most of one example, and of one device's together.
    private const double LossMax = 1e6;
    private const double LossSumMax = 1e12;

    /// <summary>The result of training.</summary>
    /// <param name="outcome">What the trainer said.</param>
    /// <returns>The result.</returns>
    public static DeviceResult Of(TrainingOutcome outcome) => outcome.Verdict switch
    {
        UpdateVerdict.Folded => new DeviceResult(DeviceOutcome.Done, outcome.Examples, 0, ToUnits(outcome.Loss), outcome.TouchedParameters, Bounded(outcome.SquaredLoss), FixedPointSum.UnitsOf(outcome.Weight)),
        UpdateVerdict.NotFinite => new DeviceResult(DeviceOutcome.NotFinite, 0, 0, 0, 0),
        _ => new DeviceResult(DeviceOutcome.OutOfBounds, 0, 0, 0, 0),
    };

    /// <summary>The result of scoring.</summary>
    /// <param name="outcome">What the trainer said.</param>
    /// <returns>The result.</returns>
    public static DeviceResult Of(EvaluationOutcome outcome) =>
        new(DeviceOutcome.Done, outcome.Examples, outcome.Correct, ToUnits(outcome.LossSum, outcome.Examples), 0);

    /// <summary>Turns units back into nats.</summary>
    /// <param name="units">A sum of <see cref="LossUnits"/>.</param>
    /// <returns>Nats.</returns>
    public static double ToNats(Int128 units) => (double)units / LossUnitsPerNat;

    // Likewise, the square of the largest loss.
    private static double Bounded(double squaredLoss) => double.IsFinite(squaredLoss) ? Math.Min(squaredLoss, LossMax * LossMax) : LossMax * LossMax;

    // A loss that is not finite says that the checkpoint has diverged; it is shown as the largest loss there is.
    private static Int128 ToUnits(double loss, int examples = 1)
    {
        var most = Math.Min(LossMax * examples, LossSumMax);
        return (Int128)Math.Round((double.IsFinite(loss) ? Math.Min(loss, most) : most) * LossUnitsPerNat);
    }
}
