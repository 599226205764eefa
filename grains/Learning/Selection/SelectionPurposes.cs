using Sheaf.Learning.Randomness;

namespace Sheaf.Learning.Selection;

/// <summary>The random streams of a draw, so that training and evaluation cohorts are independent.</summary>
/// <param name="Order">The stream of the devices' order.</param>
/// <param name="Draw">The stream of the points drawn.</param>
public readonly record struct SelectionPurposes(Purpose Order, Purpose Draw)
{
    /// <summary>The streams of the devices that train.</summary>
    public static SelectionPurposes Training => new(Purpose.SelectionOrder, Purpose.SelectionDraw);

    /// <summary>The streams of the devices that evaluate.</summary>
    public static SelectionPurposes Evaluation => new(Purpose.EvaluationOrder, Purpose.EvaluationDraw);

    /// <summary>The streams of the devices that score their new examples.</summary>
    public static SelectionPurposes Scoring => new(Purpose.ScoringOrder, Purpose.ScoringDraw);
}
