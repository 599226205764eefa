using Sheaf.Abstractions.Clusters;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Learning.Aggregation;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Models;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Text;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Training;

/// <summary>A task's specification in the terms of the learning core. Immutable.</summary>
internal sealed class TaskProgram
{
    /// <summary>Works out a specification.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="own">What users bring; null when nothing is found.</param>
    /// <exception cref="ArgumentException">It names something that does not exist.</exception>
    /// <exception cref="OwnClassException">What a user brings cannot be used.</exception>
    public TaskProgram(TaskSpec spec, IOwnClasses? own = null)
    {
        var plan = spec.Plan;
        EnsureRanges(spec);
        Seed = spec.Seed;
        Architecture = spec.Model.Type switch
        {
            "embedding-bag" => new EmbeddingBagClassifier(spec.Model.Buckets, spec.Model.EmbeddingSize, spec.Model.HiddenSize, spec.Classes.Length),
            "softmax-regression" => new SoftmaxRegression(spec.Model.Buckets, spec.Classes.Length),
            "log-bilinear" => new LogBilinearModel(spec.Language?.Context ?? 1, spec.Model.EmbeddingSize, spec.Classes.Length),
            "own" => OwnClassPlan.Of(
                "model", spec.Model.Assembly, spec.Model.Class, own, (classes, source) => classes.ModelOf(source, spec.Model.Buckets, spec.Classes.Length)),
            var other => throw Unknown("model", other, "embedding-bag, softmax-regression, log-bilinear or own"),
        };
        Packer = PackerOf(spec);
        Local = LocalPrograms.Of(plan.Local);
        Bounds = new UpdateBounds { ClipNorm = plan.Bounds.ClipNorm, RejectNorm = plan.Bounds.RejectNorm };
        Weighting = plan.Weighting switch
        {
            "examples" => AggregationWeighting.Examples,
            "equal" => AggregationWeighting.Equal,
            "inverse-probability" => AggregationWeighting.InverseProbability,
            var other => throw Unknown("weighting", other, "examples, equal or inverse-probability"),
        };
        Selection = SelectionPrograms.Of(plan.Selection, plan.Selected, own);
        Selection.EnsureValid();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.MinimumReports, plan.Selected, "plan.MinimumReports");
        Guide = GuidedSelection.Of(plan);
        SelectionBasis = SelectionPrograms.BasisOf(plan.Selection);
        Server = ServerPrograms.Of(plan.Server, plan.RoundsInAll);
        InverseInclusionMax = SelectionPrograms.InverseInclusionMaxOf(plan.Selection);
        Aggregation = AggregationProgram.Of(plan, Architecture.ParameterCount);
        WantsAccelerator = plan.Accelerator switch
        {
            "processor" => false,
            SiloFacts.Cuda when spec.Model.Type == "own" => throw new ArgumentException("Models of your own train on processors: leave the plan's accelerator at 'processor'."),
            SiloFacts.Cuda => true,
            var other => throw Unknown("accelerator", other, "processor or cuda"),
        };
        if (plan.Closing is not (PlanSpec.ClosesWithAll or PlanSpec.ClosesWithCohort))
        {
            throw Unknown("closing", plan.Closing, "all or cohort");
        }

        Scale = FixedPointScale.FromBounds(plan.Bounds.ClipNorm, WeightMaxOf(plan), plan.Selected);
    }

    /// <summary>The seed of all of the task's randomness.</summary>
    public ulong Seed { get; }

    /// <summary>The model; one instance per task and silo.</summary>
    public ModelArchitecture Architecture { get; }

    /// <summary>What turns a device's examples into those of the model.</summary>
    public IExamplePacker Packer { get; }

    /// <summary>How devices train.</summary>
    public LocalTraining Local { get; }

    /// <summary>What updates must satisfy.</summary>
    public UpdateBounds Bounds { get; }

    /// <summary>What updates weigh.</summary>
    public AggregationWeighting Weighting { get; }

    /// <summary>No device is less likely to be selected than an average one by more than this factor; infinite when nothing says so.</summary>
    public double InverseInclusionMax { get; }

    /// <summary>How devices are selected.</summary>
    public SelectionSpec Selection { get; }

    /// <summary>What the selection makes of what devices have reported; null when it goes by activity alone.</summary>
    public GuidedSelection? Guide { get; }

    /// <summary>Which of the devices' counts the selection goes by.</summary>
    public DrawBasis SelectionBasis { get; }

    /// <summary>How the updates of a round become one.</summary>
    public AggregationProgram Aggregation { get; }

    /// <summary>What makes the next checkpoint.</summary>
    public IServerOptimizer Server { get; }

    /// <summary>Whether its devices train and score on accelerators, where there are any.</summary>
    public bool WantsAccelerator { get; }

    /// <summary>The scale of the task's sums, the same on every silo.</summary>
    public FixedPointScale Scale { get; }

    // Whoever calls the grains is not always the command, which says these things better.
    private static void EnsureRanges(TaskSpec spec)
    {
        var plan = spec.Plan;
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Rounds, 1, "plan.Rounds");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Periods, 1, "plan.Periods");
        ArgumentOutOfRangeException.ThrowIfNegative(plan.FirstPeriod, "plan.FirstPeriod");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.OverSelection, 1, "plan.OverSelection");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(plan.OverSelection, 10, "plan.OverSelection");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.MinimumReports, 1, "plan.MinimumReports");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(plan.Bounds.RejectNorm, "plan.Bounds.RejectNorm");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(plan.Deadline, TimeSpan.Zero, "plan.Deadline");
        ArgumentOutOfRangeException.ThrowIfNegative(plan.Evaluation.Every, "plan.Evaluation.Every");
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Evaluation.DevicesMax, 1, "plan.Evaluation.DevicesMax");
    }

    private IExamplePacker PackerOf(TaskSpec spec)
    {
        if ((spec.Language is not null) != (Architecture is LogBilinearModel))
        {
            throw new ArgumentException($"The model '{spec.Model.Type}' is of another type of task: 'log-bilinear' predicts next words, the others classify.");
        }

        return spec.Language is { } language
            ? new NextWordPacker(new Vocabulary(spec.Classes), language.Context)
            : new ClassificationPacker(new HashingTokenizer(spec.Model.Buckets, spec.Model.Bigrams), spec.Classes);
    }

    private double WeightMaxOf(PlanSpec plan)
    {
        if (Weighting == AggregationWeighting.Equal)
        {
            return 1;
        }

        if (Weighting == AggregationWeighting.Examples)
        {
            return plan.Local.ExamplesMax;
        }

        if (Guide is not null)
        {
            throw new ArgumentException(
                $"The weighting 'inverse-probability' needs to know how likely devices are to be selected, and of '{plan.Selection.Strategy}', which goes by " +
                "what they reported, nobody knows. Use another weighting, or a strategy that goes by activity.");
        }

        return double.IsFinite(InverseInclusionMax)
            ? plan.Local.ExamplesMax * InverseInclusionMax
            : throw new ArgumentException(
                $"The weighting 'inverse-probability' needs every device to have some probability. Give the selection strategy '{plan.Selection.Strategy}' " +
                "a floor above 0 and no minimum gap, or use another one where that is not enough.");
    }

    private static ArgumentException Unknown(string what, string name, string known) => new($"There is no {what} '{name}'. Use {known}.");
}
