using Sheaf.Grains.Training;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>By what devices are drawn. Two equal columns share what a shard has worked out.</summary>
/// <param name="Basis">Which of a device's counts it is drawn by.</param>
/// <param name="Strategy">The name of the weights.</param>
/// <param name="Parameter">β of <c>power</c>, q of <c>top-q</c>, τ of <c>softmax</c>; otherwise 0.</param>
/// <param name="Activity">The threshold of <c>top-q</c>, the largest activity of <c>softmax</c>; otherwise 0.</param>
/// <param name="Resting">The name of the list of devices that are left out; empty when nobody is.</param>
/// <param name="Assembly">The path of a user's assembly; <c>own</c> only.</param>
/// <param name="Class">The full name of the strategy's class in it; <c>own</c> only.</param>
/// <param name="Attendance">Which devices are there to be drawn; null when all are.</param>
/// <param name="Decay">γ, in (0, 1]: an example of a periods ago counts γ^a.</param>
/// <param name="Now">Only devices that are online at this moment of the virtual clock are there to be drawn; null without one.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DrawColumn")]
internal sealed record DrawColumn(
    [property: Id(0)] DrawBasis Basis,
    [property: Id(1)] string Strategy,
    [property: Id(2)] double Parameter,
    [property: Id(3)] int Activity,
    [property: Id(4)] string Resting = "",
    [property: Id(5)] string? Assembly = null,
    [property: Id(6)] string? Class = null,
    [property: Id(7)] Attendance? Attendance = null,
    [property: Id(9)] double Decay = 1,
    [property: Id(10)] TimeSpan? Now = null)
{
    /// <summary>The weights of the column.</summary>
    /// <param name="own">What users bring; null when nothing is found.</param>
    /// <returns>The weights, resolved.</returns>
    public ISelectionWeights WeightsFrom(IOwnClasses? own) => Strategy switch
    {
        "uniform" => new UniformWeights(),
        "power" => new PowerWeights(Parameter),
        "log" => new LogWeights(),
        "top-q" => new TopQWeights(Parameter, Activity),
        "softmax" => new SoftmaxWeights(Parameter, Activity),
        "own" => OwnClassPlan.Of("selection strategy", Assembly, Class, own, (classes, source) => classes.WeightsOf(source)),
        _ => throw new ArgumentException($"There are no selection weights '{Strategy}'. Use uniform, power, log, top-q, softmax or own."),
    };

    /// <summary>The column of a draw.</summary>
    /// <param name="basis">Which of a device's counts it is drawn by.</param>
    /// <param name="weights">What they weigh, resolved.</param>
    /// <returns>The column.</returns>
    public static DrawColumn Of(DrawBasis basis, ISelectionWeights weights) => weights switch
    {
        PowerWeights power => new(basis, power.Name, power.Beta, 0),
        TopQWeights { Threshold: { } threshold } top => new(basis, top.Name, top.Share, threshold),
        SoftmaxWeights { ActivityMax: { } max } softmax => new(basis, softmax.Name, softmax.Temperature, max),
        OwnWeights own => new(basis, own.Name, 0, 0) { Assembly = own.Source.Assembly, Class = own.Source.Class },
        _ => new(basis, weights.Name, 0, 0),
    };
}

/// <summary>A shard's part of a draw.</summary>
/// <param name="Mass">Its mass under the plan.</param>
/// <param name="Silo">The silo it lives on.</param>
/// <param name="Contents">The hash of the devices and counts that the mass is of; indices and offsets hold for these only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ShardMass")]
internal sealed record ShardMass([property: Id(0)] long Mass, [property: Id(1)] SiloAddress Silo, [property: Id(2)] ulong Contents);

/// <summary>A shard's part of a round-robin draw.</summary>
/// <param name="Counts">Its devices by bucket of the sweep.</param>
/// <param name="Silo">The silo it lives on.</param>
/// <param name="Contents">The hash of the devices and counts that were counted.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ShardSweep")]
internal sealed record ShardSweepCounts([property: Id(0)] int[] Counts, [property: Id(1)] SiloAddress Silo, [property: Id(2)] ulong Contents);

/// <summary>Devices of a shard that were drawn.</summary>
/// <param name="Ids">Their ids.</param>
/// <param name="Activity">How many examples each has to train on.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceNames")]
internal sealed record DeviceNames([property: Id(0)] string[] Ids, [property: Id(1)] int[] Activity);
