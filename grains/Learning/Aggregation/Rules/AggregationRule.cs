namespace Sheaf.Learning.Aggregation.Rules;

/// <summary>How the updates of a round become one. A value.</summary>
public abstract record AggregationRule
{
    /// <summary>The name it has in a study: <c>median</c>.</summary>
    public abstract string Name { get; }
}
