using System.Diagnostics.CodeAnalysis;
using Sheaf.Abstractions.Populations;
using Sheaf.Learning.Devices;

namespace Sheaf.Grains.Devices;

/// <summary>A retention policy in the terms of the learning core.</summary>
internal static class RetentionPolicies
{
    /// <summary>Works a policy out.</summary>
    /// <param name="spec">The policy as it travels; null for none.</param>
    /// <returns>The policy; null for none.</returns>
    /// <exception cref="ArgumentException">It names a rule that does not exist.</exception>
    [return: NotNullIfNotNull(nameof(spec))]
    public static RetentionPolicy? Of(RetentionSpec? spec) => spec is null ? null : new()
    {
        Version = spec.Version,
        ExamplesMax = spec.ExamplesMax,
        AgeMax = spec.AgeMax,
        Overflow = spec.Overflow switch
        {
            "oldest-first" => OverflowRule.OldestFirst,
            "reservoir" => OverflowRule.Reservoir,
            var other => throw new ArgumentException($"There is no overflow '{other}': choose oldest-first or reservoir."),
        },
        BytesMax = spec.BytesMax,
        PeriodsMax = spec.PeriodsMax,
        TrainOnce = spec.TrainOnce,
        Reserve = spec.Reserve,
        ReserveChoice = spec.ReserveChoice switch
        {
            "random" => ReplayChoice.Random,
            "gradient-sum" => ReplayChoice.GradientSum,
            var other => throw new ArgumentException($"There is no choice of a reserve '{other}': choose random or gradient-sum."),
        },
    };

    /// <summary>Refuses a policy that contradicts itself, or that does not come after another.</summary>
    /// <param name="spec">The policy.</param>
    /// <param name="whose">Whose policy it is, as the message says it.</param>
    /// <param name="versionLeast">The least version that it can have.</param>
    /// <exception cref="ArgumentException">The message names all mistakes.</exception>
    public static void EnsureUsable(RetentionSpec spec, string whose, int versionLeast = 0)
    {
        var isOverflow = spec.Overflow is "oldest-first" or "reservoir";
        var isChoice = spec.ReserveChoice is "random" or "gradient-sum";
        var known = spec with { Overflow = isOverflow ? spec.Overflow : "oldest-first", ReserveChoice = isChoice ? spec.ReserveChoice : "random" };
        var problems = Of(known).Problems().ToList();
        if (!isOverflow)
        {
            problems.Add($"There is no overflow '{spec.Overflow}': choose oldest-first or reservoir.");
        }

        if (!isChoice)
        {
            problems.Add($"There is no choice of a reserve '{spec.ReserveChoice}': choose random or gradient-sum.");
        }

        if (spec.Version < versionLeast)
        {
            problems.Add($"Version is {spec.Version}: the policy that holds is at {versionLeast - 1} or has that version, choose at least {versionLeast}.");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException($"{whose} cannot be kept by this policy. {string.Join(" ", problems)}");
        }
    }
}
