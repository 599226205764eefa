namespace Sheaf.Learning.Randomness;

/// <summary>
/// What a random value is for. Two purposes never share a stream, so adding a draw in one place changes no other.
/// Numbers are part of the repeatability promise: never reuse or renumber one.
/// </summary>
public enum Purpose
{
    /// <summary>The first checkpoint of a task.</summary>
    Initialization = 1,

    /// <summary>The order of the devices in a selection.</summary>
    SelectionOrder = 2,

    /// <summary>The positions drawn in a selection.</summary>
    SelectionDraw = 3,

    /// <summary>Which of its examples a device uses in a round, and in which order.</summary>
    LocalSchedule = 4,

    /// <summary>The activity of a generated device.</summary>
    Activity = 5,

    /// <summary>The label skew of a generated device.</summary>
    LabelSkew = 6,

    /// <summary>The words of a generated example.</summary>
    ExampleText = 7,

    /// <summary>Which texts are held out for evaluation.</summary>
    HeldOut = 8,

    /// <summary>The order of the devices that evaluate.</summary>
    EvaluationOrder = 9,

    /// <summary>The positions drawn for evaluation.</summary>
    EvaluationDraw = 10,

    /// <summary>Which device a row of data without devices goes to.</summary>
    Partition = 11,

    /// <summary>Whether a virtual device is there to be selected in a round.</summary>
    Availability = 13,

    /// <summary>Whether a selected virtual device gives no answer in a round.</summary>
    DropOut = 14,

    /// <summary>Which examples a device keeps as a uniform sample of all that arrived.</summary>
    Reservoir = 15,

    /// <summary>Whom Oort exploits and explores.</summary>
    Oort = 16,

    /// <summary>Which of power-of-choice's candidates with equal losses come first.</summary>
    PowerOfChoice = 17,

    /// <summary>Which old examples a device keeps to replay.</summary>
    Replay = 18,

    /// <summary>How fast a virtual device and its network are, or which device of a trace it follows.</summary>
    DeviceProfile = 19,

    /// <summary>The order of the devices in a round-robin sweep.</summary>
    SweepOrder = 20,

    /// <summary>The order of the devices that score their new examples.</summary>
    ScoringOrder = 21,

    /// <summary>The positions drawn for scoring new examples.</summary>
    ScoringDraw = 22,

    /// <summary>When a virtual device's day begins, and when its sessions do.</summary>
    DeviceDay = 23,

    /// <summary>Whether a virtual device is online in a session.</summary>
    Online = 24,

    /// <summary>Which devices have spans of their own, and under which names.</summary>
    DeviceSpans = 25,
}
