using System.Collections.Immutable;
using Sheaf.Learning.Optimizers;

namespace Sheaf.Learning.Tests.Optimizers;

public sealed class ServerOptimizerTests
{
    public static TheoryData<IServerOptimizer> Optimizers =>
    [
        new FedAvg(), new FedAvg(0.5), new FedAvgM(), new FedAdagrad(), new FedAdam(), new FedAdam(0.1, 0, 0, 1), new FedYogi(),
        new ScheduledOptimizer(new FedYogi(), new LearningRateSchedule { Decay = LearningRateDecay.Linear, Rounds = 9 }),
    ];

    [Fact]
    public void FedAvg_RateOne_AddsTheMeanUpdate()
    {
        var optimizer = new FedAvg();

        var first = optimizer.Apply(optimizer.Initialize([1, -2, 0]), [0.5f, 1, -3]);
        var second = optimizer.Apply(first, [0.25f, 0, 1]);

        Assert.Equal([1.5f, -1, -3], first.Parameters);
        Assert.Equal([1.75f, -1, -2], second.Parameters);
        Assert.Empty(second.Moments);
        Assert.Equal(2, second.Step);
    }

    [Fact]
    public void FedAvg_RateHalf_AddsHalf()
    {
        var optimizer = new FedAvg(0.5);

        Assert.Equal([1.25f, -1.5f], optimizer.Apply(optimizer.Initialize([1, -2]), [0.5f, 1]).Parameters);
    }

    [Fact]
    public void FedAdam_Initialize_HasAFirstMomentOfZeroAndASecondOfEpsilonSquared()
    {
        var state = new FedAdam(Epsilon: 0.5).Initialize([1, 2]);

        Assert.Equal<float[]>([[0, 0], [0.25f, 0.25f]], state.Moments);
        Assert.Equal(0, state.Step);
    }

    [Fact]
    public void FedAdam_ThreeSteps_AreAsInThePaper()
    {
        // η = ½, β₁ = ½, β₂ = ¾, τ = 1; at the start x = (1, −1), m = 0, v = 1. The updates are chosen so that most roots are whole.
        var optimizer = new FedAdam(0.5, 0.5, 0.75, 1);

        // Δ = (0, √13): the second v is ¾·1 + ¼·13 = 4.
        var first = optimizer.Apply(optimizer.Initialize([1, -1]), [0, MathF.Sqrt(13)]);
        // m = (0, √13/2 = 1.80278), v = (¾, 4), x = (1 + 0, −1 + ½·1.80278/(2 + 1) = −0.699537).
        AssertClose([1, -0.699537], first.Parameters);
        AssertClose([0, 1.802776], first.Moments[0]);
        AssertClose([0.75, 4], first.Moments[1]);

        // Δ = (2, −2): m = (1, 1.802776/2 − 1 = −0.098612), v = (0.5625 + 1 = 1.5625 = 1.25², 3 + 1 = 4 = 2²).
        var second = optimizer.Apply(first, [2, -2]);
        // x = (1 + ½·1/2.25 = 1.222222, −0.699537 − ½·0.098612/3 = −0.715973).
        AssertClose([1.222222, -0.715973], second.Parameters);
        AssertClose([1, -0.098612], second.Moments[0]);
        AssertClose([1.5625, 4], second.Moments[1]);

        // Δ = 0: m halves to (0.5, −0.049306), v = (1.171875 = 1.082532², 3 = 1.732051²).
        var third = optimizer.Apply(second, [0, 0]);
        // x = (1.222222 + 0.25/2.082532 = 1.342268, −0.715973 − 0.024653/2.732051 = −0.724996).
        AssertClose([1.342268, -0.724996], third.Parameters);
        AssertClose([1.171875, 3], third.Moments[1]);
        Assert.Equal(3, third.Step);
    }

    [Fact]
    public void FedAvgM_ThreeSteps_GoesOnWithHalfOfTheLastOne()
    {
        var optimizer = new FedAvgM(0.5, 0.5);

        // v = (2, −4), x = (1 + 1, 0 − 2).
        var first = optimizer.Apply(optimizer.Initialize([1, 0]), [2, -4]);
        // v = (1 + 2, −2 + 1), x = (2 + 1.5, −2 − 0.5).
        var second = optimizer.Apply(first, [2, 1]);
        // v = (1.5, −0.5), x = (3.5 + 0.75, −2.5 − 0.25).
        var third = optimizer.Apply(second, [0, 0]);

        Assert.Equal([2f, -2], first.Parameters);
        Assert.Equal([3.5f, -2.5f], second.Parameters);
        Assert.Equal([4.25f, -2.75f], third.Parameters);
        Assert.Equal<float[]>([[1.5f, -0.5f]], third.Moments);
        Assert.Equal(3, third.Step);
    }

    [Fact]
    public void FedAdagrad_TwoSteps_AreAsInThePaper()
    {
        // η = 2, β₁ = ½, τ = 3: v starts at 9 and adds up.
        var optimizer = new FedAdagrad(2, 0.5, 3);

        // Δ = (4, −4): m = ±2, v = 9 + 16 = 5², x = 0 ± 2·2/(5 + 3) = ±0.5.
        var first = optimizer.Apply(optimizer.Initialize([0, 0]), [4, -4]);
        // Δ = (12, 0): m = (1 + 6, −1), v = (25 + 144 = 13², 5²), x = (0.5 + 2·7/16 = 1.375, −0.5 − 2·1/8 = −0.75).
        var second = optimizer.Apply(first, [12, 0]);

        Assert.Equal([0.5f, -0.5f], first.Parameters);
        Assert.Equal([1.375f, -0.75f], second.Parameters);
        Assert.Equal<float[]>([[7, -1], [169, 25]], second.Moments);
    }

    [Fact]
    public void FedYogi_TwoSteps_AreAsInThePaper()
    {
        // η = 1, β₁ = 0, β₂ = ¾, τ = 2: v starts at 4 and moves by ¼·Δ² towards Δ².
        var optimizer = new FedYogi(1, 0, 0.75, 2);

        // Δ² = (1, 4, 20) is below, at and above v: v = (4 − ¼, 4, 4 + 5 = 3²).
        var first = optimizer.Apply(optimizer.Initialize([0, 0, 0]), [1, 2, MathF.Sqrt(20)]);
        // x = (1/(√3.75 + 2) = 0.254033, 2/4, √20/5 = 0.894427).
        AssertClose([0.254033, 0.5, 0.894427], first.Parameters);
        AssertClose([3.75, 4, 9], first.Moments[1]);

        // Δ² = (0, 1, 9): nothing to move by, down by ¼, at v.
        var second = optimizer.Apply(first, [0, -1, 3]);
        // x = (0.254033 + 0, 0.5 − 1/(√3.75 + 2) = 0.245967, 0.894427 + 3/5).
        AssertClose([0.254033, 0.245967, 1.494427], second.Parameters);
        AssertClose([3.75, 3.75, 9], second.Moments[1]);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Apply_AState_LeavesItAsItIsAndSaysTheSameAgain(IServerOptimizer optimizer)
    {
        var state = optimizer.Apply(optimizer.Initialize([1, 2, 3]), [0.5f, -0.5f, 4]);
        var (parameters, moments) = ((float[])state.Parameters.Clone(), state.Moments.Select(moment => (float[])moment.Clone()).ToArray());

        var once = optimizer.Apply(state, [1, 0, -1]);
        var again = optimizer.Apply(state, [1, 0, -1]);

        Assert.Equal(parameters, state.Parameters);
        Assert.Equal(moments, state.Moments);
        Assert.Equal(once.Parameters, again.Parameters);
        Assert.Equal<float[]>(once.Moments, again.Moments);
        Assert.NotEqual(state.Parameters, once.Parameters);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Apply_UpdateOfAnotherLength_SaysBoth(IServerOptimizer optimizer)
    {
        var error = Assert.Throws<ArgumentException>(() => optimizer.Apply(optimizer.Initialize([1, 2]), [1, 2, 3]));

        Assert.StartsWith(
            "An update of 3 values does not fit a checkpoint of 2: both must be of the same model.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Scaled_ByAQuarter_MovesAQuarterAsFarAndCarriesTheSame(IServerOptimizer optimizer)
    {
        var state = optimizer.Initialize([0, 0]);

        var (full, quarter) = (optimizer.Apply(state, [1, -2]), optimizer.Scaled(0.25).Apply(state, [1, -2]));

        AssertClose([.. full.Parameters.Select(value => 0.25 * value)], quarter.Parameters);
        Assert.Equal<float[]>(full.Moments, quarter.Moments);
        Assert.Equal(optimizer.Name, optimizer.Scaled(0.25).Name);
    }

    [Fact]
    public void Name_IsTheOneOfAStudy() => Assert.Equal(
        ["fedavg", "fedavgm", "fedadagrad", "fedadam", "fedyogi"],
        new IServerOptimizer[] { new FedAvg(), new FedAvgM(), new FedAdagrad(), new FedAdam(), new FedYogi() }.Select(optimizer => optimizer.Name));

    [Fact]
    public void Constructor_Defaults_AreAsDocumented()
    {
        Assert.Equal(new FedAvgM(1, 0.9), new FedAvgM());
        Assert.Equal(new FedAdagrad(0.01, 0, 1e-3), new FedAdagrad());
        Assert.Equal(new FedAdam(0.01, 0.9, 0.99, 1e-3), new FedAdam());
        Assert.Equal(new FedYogi(0.01, 0.9, 0.99, 1e-3), new FedYogi());
    }

    private static void AssertClose(ImmutableArray<double> expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1.5e-6));
    }
}
