namespace Sheaf.Learning.Training;

/// <summary>What became of a device's update.</summary>
public enum UpdateVerdict
{
    /// <summary>It was folded into the sum.</summary>
    Folded,

    /// <summary>It had a NaN or an infinite value and was dropped.</summary>
    NotFinite,

    /// <summary>Its norm was above <see cref="UpdateBounds.RejectNorm"/> and it was dropped.</summary>
    OutOfBounds,
}

/// <summary>What training one device gave, without the update itself.</summary>
/// <param name="Verdict">What became of the update.</param>
/// <param name="Weight">Its weight in the mean; 0 when dropped.</param>
/// <param name="Examples">How many different examples were used.</param>
/// <param name="Steps">How many batches were trained.</param>
/// <param name="Norm">The ℓ² norm of the update before clipping; not finite for <see cref="UpdateVerdict.NotFinite"/>.</param>
/// <param name="Loss">The mean over batches of the batch's mean loss, each before its step.</param>
/// <param name="SquaredLoss">The mean over batches of the batch's mean squared loss, each before its step. Of a user's model, whose loss is known by
/// batch only, the square of the batch's mean, which is at most that.</param>
/// <param name="TouchedParameters">How many parameters the update touches: all of dense blocks, the rows of its tokens of sparse ones.</param>
public readonly record struct TrainingOutcome(
    UpdateVerdict Verdict, double Weight, int Examples, int Steps, double Norm, double Loss, double SquaredLoss, long TouchedParameters);

/// <summary>What evaluating a checkpoint on one device gave.</summary>
/// <param name="Examples">How many examples were scored.</param>
/// <param name="Correct">How many had their own label on top.</param>
/// <param name="LossSum">The sum of the examples' losses, in nats.</param>
public readonly record struct EvaluationOutcome(int Examples, int Correct, double LossSum);
