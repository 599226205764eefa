namespace Sheaf.Abstractions.Tasks;

/// <summary>How a task is trained.</summary>
/// <param name="Rounds">How many rounds in each period, at least 1.</param>
/// <param name="Cohort">Devices per round, at least 1; see <see cref="Selected"/>.</param>
/// <param name="Selection">How they are selected.</param>
/// <param name="Local">How each trains.</param>
/// <param name="Bounds">What an update must satisfy.</param>
/// <param name="Weighting"><c>examples</c>, <c>equal</c> or <c>inverse-probability</c>.</param>
/// <param name="Server">What makes the next checkpoint.</param>
/// <param name="Deadline">When a round's devices must have answered, from the start of its training; by the virtual clock, when the population has one.</param>
/// <param name="Evaluation">When and where checkpoints are evaluated.</param>
/// <param name="OverSelection">How many times the cohort is selected, because some devices will give no update: 1 to 10.</param>
/// <param name="MinimumReports">The least updates of a round; with fewer it is abandoned. From 1 to <see cref="Selected"/>.</param>
/// <param name="Periods">For how many periods the task runs, at least 1. Rounds of a period begin when the population has it.</param>
/// <param name="FirstPeriod">The population's period in which the first rounds run, from 0.</param>
/// <param name="CheckpointsKept">The most earlier checkpoints that are kept, evenly spaced, to go back to when data must be unlearnt: 0 to 1000.
/// The first one can always be made again.</param>
/// <param name="Aggregation">How the updates of a round become one; null is their weighted mean.</param>
/// <param name="Accelerator">What devices train and score on: <c>processor</c>, or <c>cuda</c>, which places them on silos that have one, as long as
/// there are any.</param>
/// <param name="Closing">When a round ends before its deadline: <c>all</c>, when everybody has answered, or <c>cohort</c>, as soon as
/// <paramref name="Cohort"/> devices have, which only a virtual clock can say.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PlanSpec")]
public sealed record PlanSpec(
    [property: Id(0)] int Rounds,
    [property: Id(1)] int Cohort,
    [property: Id(2)] SelectionPlan Selection,
    [property: Id(3)] LocalPlan Local,
    [property: Id(4)] BoundsPlan Bounds,
    [property: Id(5)] string Weighting,
    [property: Id(6)] ServerPlan Server,
    [property: Id(7)] TimeSpan Deadline,
    [property: Id(8)] EvaluationPlan Evaluation,
    [property: Id(9)] double OverSelection = 1,
    [property: Id(10)] int MinimumReports = 1,
    [property: Id(11)] int Periods = 1,
    [property: Id(12)] int FirstPeriod = 0,
    [property: Id(13)] int CheckpointsKept = 4,
    [property: Id(14)] AggregationPlan? Aggregation = null,
    [property: Id(15)] string Accelerator = "processor",
    [property: Id(16)] string Closing = PlanSpec.ClosesWithAll)
{
    /// <summary>The two values of <see cref="Closing"/>.</summary>
    public const string ClosesWithAll = "all", ClosesWithCohort = "cohort";

    /// <summary>Rounds of all periods together.</summary>
    public int RoundsInAll => checked(Rounds * Periods);

    /// <summary>How many devices a round selects, as long as there are so many.</summary>
    public int Selected => SelectedOf(Cohort, OverSelection);

    /// <summary>The population's period in which a round runs.</summary>
    /// <param name="round">The round, starting at 1.</param>
    /// <returns>The period, from 0.</returns>
    public int PeriodOf(int round) => FirstPeriod + ((round - 1) / Rounds);

    /// <summary>How many devices are selected for a cohort.</summary>
    /// <param name="cohort">The cohort, 1 to 10,000,000.</param>
    /// <param name="overSelection">The factor, 1 to 10.</param>
    /// <returns>⌈cohort · factor⌉, of the factor as it is written: 70 · 1.1 is 77, though the binary number nearest to 1.1 is larger.</returns>
    public static int SelectedOf(int cohort, double overSelection) => (int)Math.Ceiling(cohort * (decimal)overSelection);
}

/// <summary>How devices are selected.</summary>
/// <param name="Strategy"><c>uniform</c>, <c>power</c>, <c>log</c>, <c>top-q</c>, <c>softmax</c>, <c>round-robin</c>, <c>own</c>,
/// <c>power-of-choice</c> or <c>oort</c>.</param>
/// <param name="Exponent">β of n^β for <c>power</c>, and for the candidates of <c>power-of-choice</c>; 1 is proportional to activity.</param>
/// <param name="Floor">ρ, the share of the probability that is spread evenly, in [0, 1).</param>
/// <param name="InclusionMax">The largest inclusion probability, in (0, 1].</param>
/// <param name="Share">q, the share of the active devices that <c>top-q</c> selects from, in (0, 1].</param>
/// <param name="Temperature">τ of exp(τ·n / max n) for <c>softmax</c>, in [0, 40].</param>
/// <param name="MinimumGap">How many rounds a device sits out after one it was selected for, at least 0.</param>
/// <param name="Assembly">The path of a user's assembly on every silo; own only.</param>
/// <param name="Class">The full name of the strategy's class in it; own only.</param>
/// <param name="Counts">What of a device's activity the draw knows: <c>current</c>, <c>stale</c> (that of the period before) or
/// <c>bucketed</c> (rounded down to a power of two).</param>
/// <param name="Decay">γ, in (0, 1]: an example of a periods ago counts γ^a; 1 counts all alike. With <c>current</c> only.</param>
/// <param name="Candidates">d, how many candidates <c>power-of-choice</c> draws, at least <see cref="PlanSpec.Selected"/>; null is twice that.</param>
/// <param name="Oort">The constants of <c>oort</c>; null for any other strategy.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SelectionPlan")]
public sealed record SelectionPlan(
    [property: Id(0)] string Strategy,
    [property: Id(1)] double Exponent,
    [property: Id(2)] double Floor,
    [property: Id(3)] double InclusionMax,
    [property: Id(4)] double Share,
    [property: Id(5)] double Temperature,
    [property: Id(6)] int MinimumGap,
    [property: Id(7)] string? Assembly = null,
    [property: Id(8)] string? Class = null,
    [property: Id(9)] string Counts = "current",
    [property: Id(10)] double Decay = 1,
    [property: Id(11)] int? Candidates = null,
    [property: Id(12)] OortPlan? Oort = null);

/// <summary>The constants of Oort (Lai et al., OSDI 2021) that a task may change. The defaults are those of the authors' program.</summary>
/// <param name="Exploration">The share of a cohort that explores before the first round, in [0, 1].</param>
/// <param name="ExplorationDecay">What that share is multiplied by in every round, in (0, 1].</param>
/// <param name="ExplorationMin">What it never falls below, in [0, 1].</param>
/// <param name="ClipQuantile">Utilities above this quantile count as the quantile, in (0, 1].</param>
/// <param name="Uncertainty">How strongly it comes back to devices not seen for long, 0 to 1,000,000.</param>
[GenerateSerializer, Immutable, Alias("sheaf.OortPlan")]
public sealed record OortPlan(
    [property: Id(0)] double Exploration = 0.9,
    [property: Id(1)] double ExplorationDecay = 0.95,
    [property: Id(2)] double ExplorationMin = 0.2,
    [property: Id(3)] double ClipQuantile = 0.98,
    [property: Id(4)] double Uncertainty = 0.1);

/// <summary>How a device trains.</summary>
/// <param name="Epochs">Passes over its examples, at least 1.</param>
/// <param name="Steps">Batches in all instead of epochs; null counts epochs.</param>
/// <param name="BatchSize">Examples per batch, at least 1.</param>
/// <param name="LearningRate">The step size, above 0.</param>
/// <param name="ExamplesMax">The most examples used in one round, at least 1.</param>
/// <param name="Optimizer"><c>sgd</c>, <c>adam</c> or <c>adamw</c>; its state starts at zero in every round.</param>
/// <param name="Momentum">β; sgd only, in [0, 1).</param>
/// <param name="Beta1">β₁; adam and adamw only, in [0, 1).</param>
/// <param name="Beta2">β₂; adam and adamw only, in [0, 1).</param>
/// <param name="Epsilon">ε; adam and adamw only, in [1e-12, 1].</param>
/// <param name="WeightDecay">λ; adamw only, at least 0 and below 1 / the step size.</param>
/// <param name="Proximal">μ of FedProx, at least 0, which is no proximal term.</param>
[GenerateSerializer, Immutable, Alias("sheaf.LocalPlan")]
public sealed record LocalPlan(
    [property: Id(0)] int Epochs,
    [property: Id(1)] int? Steps,
    [property: Id(2)] int BatchSize,
    [property: Id(3)] double LearningRate,
    [property: Id(4)] int ExamplesMax,
    [property: Id(5)] string Optimizer = "sgd",
    [property: Id(6)] double Momentum = 0,
    [property: Id(7)] double Beta1 = 0.9,
    [property: Id(8)] double Beta2 = 0.999,
    [property: Id(9)] double Epsilon = 1e-8,
    [property: Id(10)] double WeightDecay = 0,
    [property: Id(11)] double Proximal = 0);

/// <summary>What an update must satisfy.</summary>
/// <param name="ClipNorm">The ℓ² norm updates are clipped to.</param>
/// <param name="RejectNorm">The ℓ² norm above which they are refused.</param>
[GenerateSerializer, Immutable, Alias("sheaf.BoundsPlan")]
public sealed record BoundsPlan([property: Id(0)] double ClipNorm, [property: Id(1)] double RejectNorm);

/// <summary>What makes the next checkpoint.</summary>
/// <param name="Optimizer"><c>fedavg</c>, <c>fedavgm</c>, <c>fedadagrad</c>, <c>fedadam</c> or <c>fedyogi</c>.</param>
/// <param name="LearningRate">η.</param>
/// <param name="Beta1">β₁; fedadagrad, fedadam and fedyogi only.</param>
/// <param name="Beta2">β₂; fedadam and fedyogi only.</param>
/// <param name="Epsilon">τ; fedadagrad, fedadam and fedyogi only.</param>
/// <param name="Momentum">β; fedavgm only.</param>
/// <param name="Schedule">What multiplies η, round by round.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ServerPlan")]
public sealed record ServerPlan(
    [property: Id(0)] string Optimizer,
    [property: Id(1)] double LearningRate,
    [property: Id(2)] double Beta1,
    [property: Id(3)] double Beta2,
    [property: Id(4)] double Epsilon,
    [property: Id(5)] double Momentum,
    [property: Id(6)] SchedulePlan Schedule);

/// <summary>What multiplies a learning rate, round by round.</summary>
/// <param name="Decay"><c>constant</c>, <c>linear</c>, <c>cosine</c> or <c>step</c>.</param>
/// <param name="WarmupRounds">Rounds before the full rate, at least 0.</param>
/// <param name="StepRounds">After how many rounds <c>step</c> multiplies, at least 1.</param>
/// <param name="StepFactor">By what <c>step</c> multiplies, in (0, 1].</param>
[GenerateSerializer, Immutable, Alias("sheaf.SchedulePlan")]
public sealed record SchedulePlan(
    [property: Id(0)] string Decay, [property: Id(1)] int WarmupRounds, [property: Id(2)] int StepRounds, [property: Id(3)] double StepFactor);

/// <summary>When and where checkpoints are evaluated.</summary>
/// <param name="Every">After every so many rounds, and after the last; 0 means only after the last.</param>
/// <param name="DevicesMax">The most devices that evaluate; with more, a fresh sample does.</param>
/// <param name="Prequential">Whether devices score their new examples when a period opens, before they train on them or delete them.</param>
[GenerateSerializer, Immutable, Alias("sheaf.EvaluationPlan")]
public sealed record EvaluationPlan([property: Id(0)] int Every, [property: Id(1)] int DevicesMax, [property: Id(2)] bool Prequential = false);
