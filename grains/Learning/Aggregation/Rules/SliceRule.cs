namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>A rule that looks at its inputs one by one: each is the weighted mean update Σ w·u / Σ w of one slice, or of one device.</summary>
/// <remarks>
/// Within an input an update weighs what the plan's weighting says. Across inputs only <see cref="NormBoundedMeanRule"/> weighs, by
/// Σ w; the other rules give every input one vote, because a weight is what an attacker would claim. Who controls one device of a slice
/// may control the slice's mean: f corrupt devices corrupt up to f inputs, whatever share of the cohort they are.
/// </remarks>
public abstract record SliceRule : AggregationRule
{
    /// <summary>With fewer inputs it says nothing.</summary>
    public virtual int InputsMin => 1;

    /// <summary>What it must know of all inputs before it can do its step.</summary>
    public virtual RuleSurvey Survey => RuleSurvey.None;

    /// <summary>Works out what is done with every chunk.</summary>
    /// <param name="weights">Σ w of each input, above 0; at least <see cref="InputsMin"/> inputs.</param>
    /// <param name="survey">What the survey has found: nothing, the inputs' squared norms, or the table of their squared distances.</param>
    /// <returns>The step.</returns>
    public abstract ChunkStep StepOf(ReadOnlySpan<double> weights, ReadOnlySpan<double> survey);
}

/// <summary>What a rule must know of all inputs before it can do its step.</summary>
public enum RuleSurvey
{
    /// <summary>Nothing: one pass over the parameters is enough.</summary>
    None,

    /// <summary>Their squared ℓ² norms.</summary>
    Norms,

    /// <summary>The squared ℓ² distances between them.</summary>
    Distances,
}
