namespace Sheaf.Learning.Optimizers;

/// <summary>How a learning rate falls.</summary>
public enum LearningRateDecay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>By the same amount in every round, so that it would reach 0 in the round after the last: 1 − t/T.</summary>
    Linear,

    /// <summary>Along half a cosine, slowly at both ends: ½·(1 + cos(π·t/T)) (Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts).</summary>
    Cosine,

    /// <summary>By a factor every so many rounds.</summary>
    Step,
}

/// <summary>
/// What multiplies a learning rate in each round: a linear warm-up over W rounds, (s+1)/(W+1) for s = 0 … W−1, then a decay with
/// t = s − W over the T = Rounds − W rounds that are left. The factor is in (0, 1], but for underflow.
/// </summary>
public sealed record LearningRateSchedule
{
    /// <summary>How it falls after the warm-up. Default: not at all.</summary>
    public LearningRateDecay Decay { get; init; } = LearningRateDecay.Constant;

    /// <summary>W, the rounds before the full rate, at least 0 and below <see cref="Rounds"/>. Default: 0.</summary>
    public int WarmupRounds { get; init; }

    /// <summary>The rounds of the task, at least 1; only linear and cosine decay need to know. Default: 1.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>After how many rounds <see cref="LearningRateDecay.Step"/> multiplies, at least 1. Default: 10.</summary>
    public int StepRounds { get; init; } = 10;

    /// <summary>By what <see cref="LearningRateDecay.Step"/> multiplies, in (0, 1]. Default: 0.5.</summary>
    public double StepFactor { get; init; } = 0.5;

    /// <summary>The factor of one step.</summary>
    /// <param name="step">How many updates have been applied before: <see cref="ServerState.Step"/>. Abandoned rounds do not count.</param>
    /// <returns>The factor; past the last round it stays that of the last.</returns>
    public double FactorAt(long step)
    {
        if (step < WarmupRounds)
        {
            return (step + 1.0) / (WarmupRounds + 1.0);
        }

        var after = step - WarmupRounds;
        var length = Math.Max(1, Rounds - WarmupRounds);
        var progress = (double)Math.Min(after, length - 1) / length;
        return Decay switch
        {
            LearningRateDecay.Linear => 1 - progress,
            LearningRateDecay.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
            LearningRateDecay.Step => Math.Pow(StepFactor, after / StepRounds),
            _ => 1,
        };
    }
}
