using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Activity;

/// <summary>By what devices are drawn. Two equal columns share what a shard has worked out.</summary>
/// <param name="IsEvaluation">Whether held-out examples count instead of those to train on.</param>
/// <param name="Strategy"><c>uniform</c> or <c>power</c>.</param>
/// <param name="Exponent">β of n^β for <c>power</c>.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DrawColumn")]
internal sealed record DrawColumn([property: Id(0)] bool IsEvaluation, [property: Id(1)] string Strategy, [property: Id(2)] double Exponent)
{
    /// <summary>Every device that can evaluate, evenly.</summary>
    public static DrawColumn Evaluation { get; } = new(true, "uniform", 0);

    /// <summary>The weights of the column.</summary>
    public ISelectionWeights Weights => Strategy switch
    {
        "uniform" => new UniformWeights(),
        "power" => new PowerWeights(Exponent),
        _ => throw new ArgumentException($"There is no selection strategy '{Strategy}'. Use uniform or power."),
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
