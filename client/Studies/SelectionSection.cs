namespace Sheaf.Client.Studies;

/// <summary>How likely a device is to be selected, given its activity n.</summary>
internal enum SelectionStrategy
{
    /// <summary>Alike for all with n above 0.</summary>
    Uniform,

    /// <summary>In proportion to a power of n.</summary>
    Power,

    /// <summary>In proportion to ln(1 + n).</summary>
    Log,

    /// <summary>Alike for the most active devices; never for the others.</summary>
    TopQ,

    /// <summary>In proportion to exp(τ·n / max n).</summary>
    Softmax,

    /// <summary>All with n above 0 in turn, in an order that is new for each sweep.</summary>
    RoundRobin,

    /// <summary>As a class of the user's says.</summary>
    Own,

    /// <summary>Those of some candidates that had the largest losses.</summary>
    PowerOfChoice,

    /// <summary>Those with the largest utility, and some that never took part.</summary>
    Oort,
}

/// <summary>What is known of a device's activity when devices are selected.</summary>
internal enum SelectionCounts
{
    /// <summary>What it is.</summary>
    Current,

    /// <summary>What it was in the period before.</summary>
    Stale,

    /// <summary>Its largest power of two.</summary>
    Bucketed,
}

/// <summary>Which devices train in a round.</summary>
internal sealed record SelectionSection
{
    /// <summary>"uniform": all alike; "power": in proportion to activity to the power of <see cref="Exponent"/>; "log": in proportion to
    /// ln(1 + activity); "top-q": the most active <see cref="Share"/> alike; "softmax": in proportion to exp(<see cref="Temperature"/> ·
    /// activity / largest activity); "round-robin": all in turn, each once a sweep, whatever the other fields say;
    /// "own": in proportion to what <see cref="Class"/> says; "power-of-choice": of <see cref="Candidates"/>, drawn as by "power", those that had the
    /// largest losses when they last took part; "oort": those whose examples the model was worst at, and some that never took part, see
    /// <see cref="Oort"/>. Default: "power".</summary>
    public SelectionStrategy Strategy { get; init; } = SelectionStrategy.Power;

    /// <summary>The exponent β of "power" and "power-of-choice", 0 to 2; 1 is proportional, 0.5 the square root. Default: 1.</summary>
    public double Exponent { get; init; } = 1;

    /// <summary>The share ρ of the selection that ignores activity, at least 0 and below 1, so that quiet devices are heard too; with
    /// "top-q" it stays among its devices, with "power-of-choice" it is of the candidates, and with "oort" of the places. Default: 0.</summary>
    public double Floor { get; init; }

    /// <summary>The most likely any device may be to be in a round, above 0, at most 1; with "power-of-choice" to be a candidate, with "oort" to be
    /// considered at all. Default: 1.</summary>
    public double InclusionMax { get; init; } = 1;

    /// <summary>The share q of the active devices that "top-q" selects from, above 0, at most 1. Default: 0.1.</summary>
    public double Share { get; init; } = 0.1;

    /// <summary>How strongly "softmax" prefers activity, called τ: 0 (not at all) to 40. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many candidates "power-of-choice" draws, called d: at least as many as are selected, at most 100,000,000. Default: null, twice as
    /// many.</summary>
    public int? Candidates { get; init; }

    /// <summary>The constants of "oort".</summary>
    public OortSection Oort { get; init; } = new();

    /// <summary>How many rounds a device sits out after each that it was selected for, 0 to 1000. Default: 0.</summary>
    public int MinimumGap { get; init; }

    /// <summary>What is known of a device's activity: "current" (what it is), "stale" (what it was in the period before, which is what a server
    /// really has; a device of which nothing is known counts as having one example) or "bucketed" (rounded down to a power of two,
    /// because a count is itself personal). Default: "current".</summary>
    public SelectionCounts Counts { get; init; } = SelectionCounts.Current;

    /// <summary>How much less an example counts with every period that it is old, called γ, above 0, at most 1 (the default): with 0.5 one of
    /// the period before counts half. With "current" <see cref="Counts"/> only.</summary>
    public double Decay { get; init; } = 1;

    /// <summary>The assembly that holds the strategy of "own". A relative path begins at the folder of the study's file. Its code runs with
    /// all your rights. Default: null.</summary>
    public string? Assembly { get; init; }

    /// <summary>The full name of the class of "own": a public one that implements Sheaf.Learning.Selection.ISelectionWeights. Default: null.</summary>
    public string? Class { get; init; }
}
