namespace Sheaf.Client.Studies;

/// <summary>How the model is judged: on the held-out examples, where they live.</summary>
internal sealed record EvaluationSection
{
    /// <summary>After how many rounds each time, 0 to 1,000,000; 0: only after the last. Default: 1.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The most devices that take part, 1 to 10,000,000; of more, a random part does. Default: 10,000.</summary>
    public int DevicesMax { get; init; } = 10_000;

    /// <summary>Whether devices score their new examples when a period opens, before they train on them or delete them. Only sums leave a
    /// device, so a real deployment can do the same, which held-out examples cannot. Null (the default): when there are several periods that
    /// come one by one.</summary>
    public bool? Prequential { get; init; }

    /// <summary>The accuracy that reports count the rounds to, above 0, at most 1; null (the default) takes nine tenths of the best arm's last.</summary>
    public double? Target { get; init; }
}
