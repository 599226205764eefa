namespace Sheaf.Grains.Rounds;

/// <summary>What the devices of a slice do.</summary>
[GenerateSerializer, Alias("sheaf.SliceKind")]
internal enum SliceKind
{
    /// <summary>They train on what they may keep.</summary>
    Train,

    /// <summary>They score a checkpoint on the examples that they keep for evaluation.</summary>
    Evaluate,

    /// <summary>They score a checkpoint on the examples of the period that has just opened, before they train on them or delete them.</summary>
    ScoreNew,

    /// <summary>They say by a fingerprint what they would train on in a round that is over, and hand nothing over.</summary>
    Recall,
}
