using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Activity;
using Sheaf.Grains.Training;
using Sheaf.Learning.Optimizers;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Training;

namespace Sheaf.Grains.Tests.Training;

public sealed class StrategyProgramTests
{
    private static readonly SelectionPlan Selection = new("power", 0.5, 0, 1, 0.2, 3, 0);
    private static readonly ServerPlan Server = new("fedavg", 0.5, 0.1, 0.2, 0.3, 0.4, new SchedulePlan("constant", 0, 10, 0.5));

    public static TheoryData<string, ISelectionWeights> Strategies => new()
    {
        { "uniform", new UniformWeights() },
        { "power", new PowerWeights(0.5) },
        { "log", new LogWeights() },
        { "top-q", new TopQWeights(0.2) },
        { "softmax", new SoftmaxWeights(3) },
        { "round-robin", new UniformWeights() },
        { "power-of-choice", new PowerWeights(0.5) },
        { "oort", new UniformWeights() },
    };

    public static TheoryData<string, IServerOptimizer> Optimizers => new()
    {
        { "fedavg", new FedAvg(0.5) },
        { "fedavgm", new FedAvgM(0.5, 0.4) },
        { "fedadagrad", new FedAdagrad(0.5, 0.1, 0.3) },
        { "fedadam", new FedAdam(0.5, 0.1, 0.2, 0.3) },
        { "fedyogi", new FedYogi(0.5, 0.1, 0.2, 0.3) },
    };

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Of_Strategy_HasItsWeightsAndTravels(string strategy, ISelectionWeights weights)
    {
        var spec = SelectionPrograms.Of(Selection with { Strategy = strategy }, 7);
        var resolved = spec.Weights.Resolve(ActivityHistogram.Of([1, 2, 3, 4, 5]));

        Assert.Equal((weights, 7), (spec.Weights, spec.Cohort));
        Assert.Equal(strategy == "round-robin", spec.Design == SelectionDesign.RoundRobin);
        Assert.Equal(resolved, DrawColumn.Of(DrawBasis.Current, resolved).WeightsFrom(null));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Of_Optimizer_HasItsNumbersAndItsSchedule(string name, IServerOptimizer optimizer)
    {
        var server = ServerPrograms.Of(Server with { Optimizer = name, Schedule = new SchedulePlan("step", 2, 3, 0.25) }, 9);

        var schedule = new LearningRateSchedule { Decay = LearningRateDecay.Step, WarmupRounds = 2, Rounds = 9, StepRounds = 3, StepFactor = 0.25 };
        Assert.Equal(new ScheduledOptimizer(optimizer, schedule), server);
    }

    [Theory]
    [InlineData("sgd", LocalOptimizer.Sgd)]
    [InlineData("adam", LocalOptimizer.Adam)]
    [InlineData("adamw", LocalOptimizer.AdamW)]
    public void Of_LocalOptimizer_HasItsNumbers(string name, LocalOptimizer optimizer)
    {
        var local = LocalPrograms.Of(new LocalPlan(1, 2, 3, 0.4, 5, name, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7));

        var expected = new LocalTraining
        {
            Epochs = 1,
            Steps = 2,
            BatchSize = 3,
            LearningRate = 0.4,
            ExamplesMax = 5,
            Optimizer = optimizer,
            Momentum = 0.1,
            Beta1 = 0.2,
            Beta2 = 0.3,
            Epsilon = 0.5,
            WeightDecay = 0.6,
            Proximal = 0.7,
        };
        Assert.Equal(expected, local);
        Assert.Equal(new LocalTraining(), LocalPrograms.Of(new LocalPlan(1, null, 10, 0.1, 200)));
    }

    [Theory]
    [InlineData(1, 0.9, 1e-8, 0, "plan.Local.Momentum")]
    [InlineData(0, 1, 1e-8, 0, "plan.Local.Beta2")]
    [InlineData(0, 0.9, 0, 0, "plan.Local.Epsilon")]
    [InlineData(0, 0.9, 1e-8, 10, "plan.Local.WeightDecay · plan.Local.LearningRate")]
    public void Of_LocalNumberOutOfRange_NamesIt(double momentum, double beta2, double epsilon, double weightDecay, string name) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            name, () => LocalPrograms.Of(new LocalPlan(1, null, 1, 0.1, 1, "adamw", momentum, 0.9, beta2, epsilon, weightDecay)));

    [Fact]
    public void Of_UnknownName_ListsTheKnownOnes()
    {
        var strategy = Assert.Throws<ArgumentException>(() => SelectionPrograms.Of(Selection with { Strategy = "best" }, 1));
        var optimizer = Assert.Throws<ArgumentException>(() => ServerPrograms.Of(Server with { Optimizer = "sgd" }, 1));
        var local = Assert.Throws<ArgumentException>(() => LocalPrograms.Of(new LocalPlan(1, null, 1, 0.1, 1, "rmsprop")));
        var decay = Assert.Throws<ArgumentException>(() => ServerPrograms.Of(Server with { Schedule = Server.Schedule with { Decay = "exp" } }, 1));

        Assert.Equal("There is no selection strategy 'best'. Use uniform, power, log, top-q, softmax, round-robin, power-of-choice, oort or own.", strategy.Message);
        Assert.Equal("There is no server optimizer 'sgd'. Use fedavg, fedavgm, fedadagrad, fedadam or fedyogi.", optimizer.Message);
        Assert.Equal("There is no local optimizer 'rmsprop'. Use sgd, adam or adamw.", local.Message);
        Assert.Equal("There is no decay of the learning rate 'exp'. Use constant, linear, cosine or step.", decay.Message);
    }

    [Theory]
    [InlineData("power", 0.1, 0, 20)]
    [InlineData("uniform", 0, 0, 2)]
    [InlineData("round-robin", 0, 0, 2)]
    [InlineData("power", 0, 0, null)]
    [InlineData("top-q", 0.1, 0, null)]
    [InlineData("uniform", 0, 1, null)]
    public void Program_InverseProbability_BoundsWeightsByTheFloorOrRefuses(string strategy, double floor, int gap, int? weightMax)
    {
        var spec = TaskOf(Selection with { Strategy = strategy, Floor = floor, MinimumGap = gap });
        if (weightMax is null)
        {
            Assert.StartsWith(
                $"The weighting 'inverse-probability' needs every device to have some probability. Give the selection strategy '{strategy}' a floor",
                Assert.Throws<ArgumentException>(() => new TaskProgram(spec)).Message,
                StringComparison.Ordinal);
            return;
        }

        var program = new TaskProgram(spec);

        // Two examples at most, over the least inclusion relative to the mean; seven devices.
        Assert.Equal(weightMax.Value, 2 * program.InverseInclusionMax, 1e-9);
        Assert.Equal(Sheaf.Learning.Aggregation.FixedPointScale.FromBounds(10, weightMax.Value, 7), program.Scale);
    }

    [Theory]
    [InlineData("oort")]
    [InlineData("power-of-choice")]
    public void Program_InverseProbabilityByReports_IsRefused(string strategy) => Assert.Equal(
        $"The weighting 'inverse-probability' needs to know how likely devices are to be selected, and of '{strategy}', which goes by what they reported, "
        + "nobody knows. Use another weighting, or a strategy that goes by activity.",
        Assert.Throws<ArgumentException>(() => new TaskProgram(TaskOf(Selection with { Strategy = strategy, Floor = 0.1 }))).Message);

    [Fact]
    public void Program_Oort_HasItsNumbersAndThoseOfTheRound()
    {
        var spec = TaskOf(Selection with { Strategy = "oort", Floor = 0.1, InclusionMax = 0.7, Oort = new OortPlan(0.5, 0.6, 0.1, 0.9, 3) });
        var plan = spec.Plan with { Weighting = "equal", OverSelection = 2, Local = new LocalPlan(1, 3, 4, 0.1, 100) };

        var guide = Assert.IsType<GuidedSelection.ByUtility>(new TaskProgram(spec with { Plan = plan }).Guide);

        // Three batches of four examples are twelve; twice seven devices; nobody is slower than another.
        var expected = new OortSpec
        {
            Cohort = 14,
            ExamplesPerRoundMax = 12,
            ExplorationStart = 0.5,
            ExplorationDecay = 0.6,
            ExplorationLeast = 0.1,
            ClipQuantile = 0.9,
            Uncertainty = 3,
            PreferredPercentile = 100,
            Floor = 0.1,
            InclusionMax = 0.7,
        };
        Assert.Equal(expected, guide.Spec);
        Assert.Equal(8f, guide.ReportOf(new DeviceResult(DeviceOutcome.Done, 4, 0, 0, 0, SquaredLoss: 4)));
        plan = plan with { Selection = plan.Selection with { Oort = new OortPlan(ClipQuantile: 0) } };
        Assert.StartsWith(
            "Oort cannot select. ClipQuantile is 0: choose a value in (0, 1].",
            Assert.Throws<ArgumentException>(() => new TaskProgram(spec with { Plan = plan })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Program_PowerOfChoice_DrawsTwiceTheCohortOrWhatItIsTold()
    {
        var spec = TaskOf(Selection with { Strategy = "power-of-choice" });
        var plan = spec.Plan with { Weighting = "equal" };

        GuidedSelection? GuideOf(int? candidates) =>
            new TaskProgram(spec with { Plan = plan with { Selection = plan.Selection with { Candidates = candidates } } }).Guide;

        Assert.Equal(new GuidedSelection.ByLoss(14, 7), GuideOf(null));
        Assert.Equal(new GuidedSelection.ByLoss(7, 7), GuideOf(7));
        Assert.Equal(2.5f, GuideOf(7)!.ReportOf(new DeviceResult(DeviceOutcome.Done, 4, 0, 5L << 31, 0)));
        Assert.Equal(
            "6 candidates are fewer than the 7 devices that 'power-of-choice' keeps of them. Draw at least as many, such as twice as many.",
            Assert.Throws<ArgumentException>(() => GuideOf(6)).Message);
    }

    [Fact]
    public void Program_OverSelection_DrawsTheLargerCohortAndHasRoomForItsUpdates()
    {
        var spec = TaskOf(Selection with { Strategy = "uniform" });

        var program = new TaskProgram(spec with { Plan = spec.Plan with { Cohort = 70, OverSelection = 1.1, MinimumReports = 77 } });

        // Seventy times 1.1 is 77, but 78 for those who round 77.00000000000001 up.
        Assert.Equal(77, program.Selection.Cohort);
        Assert.Equal(Sheaf.Learning.Aggregation.FixedPointScale.FromBounds(10, 2, 77), program.Scale);
    }

    [Theory]
    [InlineData(0.9, 1, "plan.OverSelection")]
    [InlineData(10.1, 1, "plan.OverSelection")]
    [InlineData(double.NaN, 1, "plan.OverSelection")]
    [InlineData(1, 0, "plan.MinimumReports")]
    [InlineData(1.5, 12, "plan.MinimumReports")]
    public void Program_FactorOrReportsOutOfRange_IsRefused(double overSelection, int reports, string field)
    {
        var spec = TaskOf(Selection with { Strategy = "uniform" });

        var refused = Assert.Throws<ArgumentOutOfRangeException>(
            () => new TaskProgram(spec with { Plan = spec.Plan with { OverSelection = overSelection, MinimumReports = reports } }));

        Assert.Equal(field, refused.ParamName);
    }

    private static TaskSpec TaskOf(SelectionPlan selection) => new(
        "p",
        1,
        ["no", "yes"],
        new ModelSpec("softmax-regression", 4, 1, 1, false),
        new PlanSpec(
            9, 7, selection, new LocalPlan(1, null, 1, 0.1, 2), new BoundsPlan(10, 100), "inverse-probability", Server, TimeSpan.FromMinutes(1),
            new EvaluationPlan(0, 1)));
}
