namespace Sheaf.Grains.Telemetry;

/// <summary>What an instrument measures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>histogram</c>, <c>counter</c> or <c>gauge</c>.</param>
/// <param name="Unit">Its unit, by UCUM.</param>
/// <param name="Tags">What tells its series apart; none of it is as many as there are devices.</param>
/// <param name="Meaning">What it says.</param>
public sealed record InstrumentDescription(string Name, string Kind, string Unit, IReadOnlyList<string> Tags, string Meaning);
