using System.Collections.Immutable;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Tasks;
using Sheaf.Grains.Models;
using Sheaf.Grains.Training;
using Sheaf.Learning.Selection;

namespace Sheaf.Grains.Rounds;

/// <summary>Everything a slice needs to run.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Task">The task.</param>
/// <param name="Devices">The ids of its devices, sorted.</param>
/// <param name="Erased">Devices to leave out, by their index in the slice.</param>
/// <param name="Parameters">The checkpoint.</param>
/// <param name="Moment">The population's period and time.</param>
/// <param name="TimeLeft">How long the attempt waits for its devices.</param>
/// <param name="InverseInclusions">What each stands for, in the order of <paramref name="Devices"/>: 1/π when they score, else how much less likely
/// than an average device each was to be drawn.</param>
/// <param name="Groups">The activity groups by which scores are told apart; null when it trains.</param>
/// <param name="Then">The moment of a round that is over and is run again: devices use what they had then and still hold. Null otherwise.</param>
/// <param name="Input">The input of the task's rule that the slice is a part of; null when all slices become one sum.</param>
[GenerateSerializer, Immutable, Alias("sheaf.SliceOrder")]
internal sealed record SliceOrder(
    [property: Id(0)] SliceKey Key,
    [property: Id(1)] TaskSpec Task,
    [property: Id(2)] ImmutableArray<string> Devices,
    [property: Id(3)] ImmutableArray<int> Erased,
    [property: Id(4)] BlobRef Parameters,
    [property: Id(5)] PopulationMoment Moment,
    [property: Id(6)] TimeSpan TimeLeft,
    [property: Id(7)] ImmutableArray<double> InverseInclusions,
    [property: Id(9)] ActivityGroups? Groups = null,
    [property: Id(10)] PopulationMoment? Then = null,
    [property: Id(11)] int? Input = null)
{
    /// <summary>The devices that are not called, because it is known what becomes of them.</summary>
    [Id(8)]
    public ImmutableArray<AbsentDevice> Absent { get; init; } = [];

    /// <summary>The span that it is a part of, in the form of <c>traceparent</c>; null when nobody listens.</summary>
    [Id(12)]
    public string? Trace { get; init; }

    /// <summary>The last period whose examples are meant.</summary>
    public int Period => (Then ?? Moment).Period;
}

/// <summary>A device of a slice that is not called.</summary>
/// <param name="Index">Its index in the slice.</param>
/// <param name="Outcome">What becomes of it.</param>
[GenerateSerializer, Immutable, Alias("sheaf.AbsentDevice")]
internal readonly record struct AbsentDevice([property: Id(0)] int Index, [property: Id(1)] DeviceOutcome Outcome);
