using Sheaf.Grains.Training;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>By what devices are drawn. Two equal columns share what a shard has worked out.</summary>
/// <param name="IsEvaluation">Whether held-out examples count instead of those to train on.</param>
/// <param name="Strategy">The name of the weights.</param>
/// <param name="Parameter">β of <c>power</c>, q of <c>top-q</c>, τ of <c>softmax</c>; otherwise 0.</param>
/// <param name="Activity">The threshold of <c>top-q</c>, the largest activity of <c>softmax</c>; otherwise 0.</param>
/// <param name="Resting">The name of the list of devices that are left out; empty when nobody is.</param>
/// <param name="Assembly">The path of a user's assembly; <c>own</c> only.</param>
/// <param name="Class">The full name of the strategy's class in it; <c>own</c> only.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DrawColumn")]
internal sealed record DrawColumn(
    [property: Id(0)] bool IsEvaluation,
    [property: Id(1)] string Strategy,
    [property: Id(2)] double Parameter,
    [property: Id(3)] int Activity,
    [property: Id(4)] string Resting = "",
    [property: Id(5)] string? Assembly = null,
    [property: Id(6)] string? Class = null)
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
    /// <param name="isEvaluation">Whether held-out examples count instead of those to train on.</param>
    /// <param name="weights">What they weigh, resolved.</param>
    /// <returns>The column.</returns>
    public static DrawColumn Of(bool isEvaluation, ISelectionWeights weights) => weights switch
    {
        PowerWeights power => new(isEvaluation, power.Name, power.Beta, 0),
        TopQWeights { Threshold: { } threshold } top => new(isEvaluation, top.Name, top.Share, threshold),
        SoftmaxWeights { ActivityMax: { } max } softmax => new(isEvaluation, softmax.Name, softmax.Temperature, max),
        OwnWeights own => new(isEvaluation, own.Name, 0, 0) { Assembly = own.Source.Assembly, Class = own.Source.Class },
        _ => new(isEvaluation, weights.Name, 0, 0),
    };
}

/// <summary>A device's counts.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Activity">Examples it can train on.</param>
/// <param name="HeldOut">Examples it keeps for evaluation.</param>
/// <param name="Version">The device's version: of two counts the one with the higher version is the newer.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceCounts")]
internal sealed record DeviceCounts(
    [property: Id(0)] string DeviceId, [property: Id(1)] int Activity, [property: Id(2)] int HeldOut, [property: Id(3)] long Version);

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
