using System.Globalization;
using Sheaf.Abstractions.Populations;

namespace Sheaf.Client.Output;

/// <summary>Says what a device may keep.</summary>
internal static class RetentionText
{
    /// <summary>Says a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>What it keeps, and its version.</returns>
    public static string Of(RetentionSpec policy)
    {
        var rules = Rules(policy).ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{(rules.Length == 0 ? "everything" : string.Join(", ", rules))} (version {policy.Version})");
    }

    private static IEnumerable<string> Rules(RetentionSpec policy)
    {
        if (policy.ExamplesMax is { } examples)
            yield return string.Create(CultureInfo.InvariantCulture, $"{(policy.Overflow == "reservoir" ? "a random" : "the newest")} {examples:N0} examples");
        if (policy.AgeMax is { } age)
            yield return string.Create(CultureInfo.InvariantCulture, $"examples younger than {age.TotalDays:0.###} days");
        if (policy.BytesMax is { } bytes)
            yield return string.Create(CultureInfo.InvariantCulture, $"the newest {bytes:N0} bytes");
        if (policy.PeriodsMax is { } periods)
            yield return string.Create(CultureInfo.InvariantCulture, $"the last {periods:N0} periods");
        if (policy.TrainOnce)
            yield return "what no committed round has trained on";
        if (policy.Reserve > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"and of what goes by count or period {policy.Reserve:N0} examples to replay, chosen {(policy.ReserveChoice == "gradient-sum" ? "so that their gradients nearly cancel" : "at random")}");
    }
}
