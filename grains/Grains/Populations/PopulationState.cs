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
}
