namespace Sheaf.Learning.Selection;

/// <summary>How a cohort comes about.</summary>
public enum SelectionDesign
{
    /// <summary>Every round draws anew, by weight.</summary>
    Weighted,

    /// <summary>
    /// Rounds sweep through all active devices, without replacement, in an order that is new for each sweep. The last cohort of a sweep
    /// has what is left.
    /// </summary>
    RoundRobin,
}
