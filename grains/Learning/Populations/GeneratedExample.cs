namespace Sheaf.Learning.Populations;

/// <summary>One example of a generated device.</summary>
/// <param name="Text">What was said: lower-case words with single spaces between.</param>
/// <param name="Label">The intent's name.</param>
/// <param name="LabelIndex">The intent's place in <see cref="PopulationGenerator.Labels"/>.</param>
/// <param name="Time">When it was said, within its period.</param>
/// <param name="Row">Its number among the device's examples of the period, from 0, ascending with <paramref name="Time"/>.</param>
/// <param name="IsHeldOut">Whether it is kept for evaluation only.</param>
public readonly record struct GeneratedExample(string Text, string Label, int LabelIndex, DateTimeOffset Time, int Row, bool IsHeldOut);
