using Sheaf.Abstractions.Tasks;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Training;

/// <summary>A selection that goes by what devices reported when they last took part. One number leaves a device for it.</summary>
internal abstract record GuidedSelection
{
    private GuidedSelection()
    {
    }

    /// <summary>What a device that trained reports.</summary>
    /// <param name="result">What became of it.</param>
    /// <returns>The number; of single precision, which is what is stored and what draws go by.</returns>
    public abstract float ReportOf(DeviceResult result);

    /// <summary>Works out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The selection; null for a strategy that knows nothing of reports.</returns>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static GuidedSelection? Of(PlanSpec plan) => plan.Selection.Strategy switch
    {
        "power-of-choice" => new ByLoss(CandidatesOf(plan), plan.Selected),
        "oort" => new ByUtility(OortOf(plan)),
        _ => null,
    };

    private static int CandidatesOf(PlanSpec plan)
    {
        var candidates = plan.Selection.Candidates ?? checked(2 * plan.Selected);
        return candidates >= plan.Selected
            ? candidates
            : throw new ArgumentException(
                $"{candidates} candidates are fewer than the {plan.Selected} devices that 'power-of-choice' keeps of them. Draw at least as many, such as twice as many.");
    }

    private static OortSpec OortOf(PlanSpec plan)
    {
        var (oort, local) = (plan.Selection.Oort ?? new OortPlan(), plan.Local);
        var spec = new OortSpec
        {
            Cohort = plan.Selected,
            ExamplesPerRoundMax = local.Steps is { } steps ? (int)Math.Min(local.ExamplesMax, (long)steps * local.BatchSize) : local.ExamplesMax,
            ExplorationStart = oort.Exploration,
            ExplorationDecay = oort.ExplorationDecay,
            ExplorationLeast = oort.ExplorationMin,
            ClipQuantile = oort.ClipQuantile,
            Uncertainty = oort.Uncertainty,
            // No device is slower than another: a clock's reading would make rounds that cannot be repeated.
            PreferredPercentile = 100,
            Floor = plan.Selection.Floor,
            InclusionMax = plan.Selection.InclusionMax,
        };
        // Says what is wrong now, and not in the first round.
        _ = new OortSelector(spec);
        return spec;
    }

    /// <summary>Power-of-choice: of candidates drawn by weight those with the largest losses.</summary>
    /// <param name="Candidates">d, how many are drawn.</param>
    /// <param name="Cohort">K, how many are kept.</param>
    public sealed record ByLoss(int Candidates, int Cohort) : GuidedSelection
    {
        /// <inheritdoc/>
        public override float ReportOf(DeviceResult result) => (float)DeviceResult.ToNats(result.LossUnits);
    }

    /// <summary>Oort: those with the largest utility, and some new ones.</summary>
    /// <param name="Spec">The constants.</param>
    public sealed record ByUtility(OortSpec Spec) : GuidedSelection
    {
        /// <inheritdoc/>
        public override float ReportOf(DeviceResult result) =>
            (float)OortReport.UtilityOf(result.SquaredLoss, result.Examples, Spec.ExamplesPerRoundMax);
    }
}
