namespace Sheaf.Learning.Selection;

/// <summary>Whom a task prefers to select, and how many.</summary>
public sealed record SelectionSpec
{
    /// <summary>How a cohort comes about. Default: by weight. Round-robin takes devices whose weight is above 0, whatever it is.</summary>
    public SelectionDesign Design { get; init; } = SelectionDesign.Weighted;

    /// <summary>What activity weighs. Default: in proportion to activity.</summary>
    public ISelectionWeights Weights { get; init; } = new PowerWeights();

    /// <summary>The exploration floor ρ, in [0, 1): w' = (1 − ρ)·w/Σw + ρ/N over the N devices whose weight is above 0. Default: 0.</summary>
    public double Floor { get; init; }

    /// <summary>The largest inclusion probability π_max, in (0, 1]; below 1 no device is ever certain to be selected. Default: 1.</summary>
    public double InclusionMax { get; init; } = 1;

    /// <summary>How many devices are drawn, at least 1. Above the number of active devices it means all of them. Default: 100.</summary>
    public int Cohort { get; init; } = 100;

    /// <summary>Refuses a value out of range.</summary>
    /// <exception cref="InvalidOperationException">A property is out of range; the message names it, its value and the range.</exception>
    public void EnsureValid()
    {
        if (!(Floor >= 0 && Floor < 1))
        {
            throw new InvalidOperationException($"The selection's Floor is {Floor}: choose a value in [0, 1).");
        }

        if (!(InclusionMax > 0 && InclusionMax <= 1))
        {
            throw new InvalidOperationException($"The selection's InclusionMax is {InclusionMax}: choose a value in (0, 1].");
        }

        if (Cohort < 1)
        {
            throw new InvalidOperationException($"The selection's Cohort is {Cohort}: select at least 1 device.");
        }
    }
}
