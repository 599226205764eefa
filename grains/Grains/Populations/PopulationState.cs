using Sheaf.Abstractions.Populations;

namespace Sheaf.Grains.Populations;

/// <summary>What a population grain stores.</summary>
[GenerateSerializer, Alias("sheaf.PopulationState")]
internal sealed class PopulationState
{
    /// <summary>What it was registered as; null before.</summary>
    [Id(0)]
    public PopulationSpec? Spec { get; set; }

    /// <summary>The population's time.</summary>
    [Id(1)]
    public DateTimeOffset Time { get; set; }

    /// <summary>The tasks that train on it.</summary>
    [Id(2)]
    public List<string> Tasks { get; set; } = [];

    /// <summary>The period that has arrived last; −1 before the first.</summary>
    [Id(3)]
    public int Period { get; set; } = -1;

    /// <summary>The last period whose new examples are scored and whose devices hold no more than they may.</summary>
    [Id(4)]
    public int SettledPeriod { get; set; } = -1;

    /// <summary>The retention policy, when it is another one than the population was registered with.</summary>
    [Id(5)]
    public RetentionSpec? Retention { get; set; }

    /// <summary>The policies that held before, ascending.</summary>
    [Id(6)]
    public List<PastRetention> Past { get; set; } = [];

    /// <summary>Every task that ever trained on it: what a device's data went into does not end with the task.</summary>
    [Id(7)]
    public List<string> AllTasks { get; set; } = [];

    /// <summary>The highest row that has been handed to it; −1 before the first.</summary>
    [Id(9)]
    public long RowWatermark { get; set; } = -1;

    /// <summary>Whether a device has a policy of its own by which what it has trained on goes.</summary>
    [Id(8)]
    public bool SeesCommits { get; set; }
}

/// <summary>A retention policy that held before.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Until">When the next one came.</param>
[GenerateSerializer, Immutable, Alias("sheaf.PastRetention")]
internal sealed record PastRetention([property: Id(0)] RetentionSpec Policy, [property: Id(1)] PopulationMoment Until);
