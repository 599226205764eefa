namespace Sheaf.Client.Studies;

/// <summary>How a step size falls.</summary>
internal enum RateDecay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>By the same amount every round, to 0 after the last.</summary>
    Linear,

    /// <summary>Along half a cosine, to 0 after the last round.</summary>
    Cosine,

    /// <summary>By a factor every so many rounds.</summary>
    Step,
}

/// <summary>How the server's step size changes from round to round.</summary>
internal sealed record ScheduleSection
{
    /// <summary>"constant", "linear", "cosine" or "step", after the warm-up. Default: "constant".</summary>
    public RateDecay Decay { get; init; } = RateDecay.Constant;

    /// <summary>Rounds in which the step size rises to its full value, 0 to 999,999, and fewer than there are. Default: 0.</summary>
    public int WarmupRounds { get; init; }

    /// <summary>After how many rounds "step" multiplies, 1 to 1,000,000. Default: 10.</summary>
    public int StepRounds { get; init; } = 10;

    /// <summary>By what "step" multiplies, above 0, at most 1. Default: 0.5.</summary>
    public double StepFactor { get; init; } = 0.5;
}
