using System.Collections.Immutable;

namespace Sheaf.Abstractions.Tasks;

/// <summary>What it takes to make a task's model as if some devices had never answered.</summary>
/// <param name="Devices">The devices, sorted, with those of an unlearning that is not done yet.</param>
/// <param name="FirstUsed">The first committed round that used data of one of them; 0 when none did, and there is nothing to do. Of an unlearning
/// that is not done yet it is the next round at the latest.</param>
/// <param name="CleanRound">The round whose checkpoint is the last one that is kept and that none of them touched; 0 is the checkpoint before
/// the first round.</param>
/// <param name="Rounds">How many rounds are run again: those after <paramref name="CleanRound"/>.</param>
/// <param name="Updates">How many device updates that takes.</param>
/// <param name="Seconds">How long these rounds took when they ran, evaluation left out.</param>
/// <param name="Lost">The rounds that cannot be run again, ascending: devices no longer hold what they used in them.</param>
[GenerateSerializer, Immutable, Alias("sheaf.UnlearningPlan")]
public sealed record UnlearningPlan(
    [property: Id(0)] ImmutableArray<string> Devices,
    [property: Id(1)] int FirstUsed,
    [property: Id(2)] int CleanRound,
    [property: Id(3)] int Rounds,
    [property: Id(4)] long Updates,
    [property: Id(5)] double Seconds,
    [property: Id(6)] ImmutableArray<LostRound> Lost)
{
    /// <summary>Whether the model has nothing of the devices.</summary>
    public bool IsNothingToDo => FirstUsed == 0;
}

/// <summary>A round that cannot be run again.</summary>
/// <param name="Round">The round.</param>
/// <param name="Devices">How many devices no longer hold what they used in it.</param>
[GenerateSerializer, Immutable, Alias("sheaf.LostRound")]
public sealed record LostRound([property: Id(0)] int Round, [property: Id(1)] int Devices);

/// <summary>An unlearning that has ended.</summary>
/// <param name="Devices">The devices whose data was unlearnt, sorted.</param>
/// <param name="CleanRound">The round whose checkpoint it went back to.</param>
/// <param name="LastRound">The last round that was run again; equal to <paramref name="CleanRound"/> when training went on from there instead.</param>
/// <param name="Began">When it began.</param>
/// <param name="Ended">When the last of the rounds was committed.</param>
[GenerateSerializer, Immutable, Alias("sheaf.UnlearningRecord")]
public sealed record UnlearningRecord(
    [property: Id(0)] ImmutableArray<string> Devices,
    [property: Id(1)] int CleanRound,
    [property: Id(2)] int LastRound,
    [property: Id(3)] DateTimeOffset Began,
    [property: Id(4)] DateTimeOffset Ended);

/// <summary>How an unlearning goes on from the clean checkpoint.</summary>
[GenerateSerializer, Alias("sheaf.UnlearningMode")]
public enum UnlearningMode
{
    /// <summary>The rounds after it are run again with their own cohorts, but for the devices.</summary>
    Replay,

    /// <summary>Rounds after it are new ones, with new cohorts and the data that devices have now.</summary>
    TrainAnew,
}

/// <summary>Whose data a task's model has.</summary>
/// <param name="Rounds">How many rounds are committed.</param>
/// <param name="Updates">How many device updates their checkpoints have.</param>
/// <param name="Devices">How many devices gave them.</param>
/// <param name="Most">The devices that gave most, descending.</param>
/// <param name="Unlearned">What has been unlearnt.</param>
[GenerateSerializer, Immutable, Alias("sheaf.ModelInfluence")]
public sealed record ModelInfluence(
    [property: Id(0)] int Rounds,
    [property: Id(1)] long Updates,
    [property: Id(2)] int Devices,
    [property: Id(3)] ImmutableArray<DeviceInfluence> Most,
    [property: Id(4)] ImmutableArray<UnlearningRecord> Unlearned);

/// <summary>A device's part in a model.</summary>
/// <param name="Device">The device.</param>
/// <param name="Updates">How many updates it gave.</param>
/// <param name="FirstRound">The round of its first.</param>
/// <param name="LastRound">The round of its last.</param>
[GenerateSerializer, Immutable, Alias("sheaf.DeviceInfluence")]
public sealed record DeviceInfluence(
    [property: Id(0)] string Device, [property: Id(1)] int Updates, [property: Id(2)] int FirstRound, [property: Id(3)] int LastRound);
