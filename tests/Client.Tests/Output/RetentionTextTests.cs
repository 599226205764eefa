using Sheaf.Abstractions.Populations;
using Sheaf.Client.Output;

namespace Sheaf.Client.Tests.Output;

/// <summary>How a policy is said.</summary>
public sealed class RetentionTextTests
{
    [Theory]
    [InlineData("random", "at random")]
    [InlineData("gradient-sum", "so that their gradients nearly cancel")]
    public void Of_PolicyWithAReserve_SaysItAndHowItIsChosen(string choice, string said) => Assert.Equal(
        $"the last 3 periods, and of what goes by count or period 1,000 examples to replay, chosen {said} (version 2)",
        RetentionText.Of(new RetentionSpec(null, null, PeriodsMax: 3, Version: 2, Reserve: 1_000, ReserveChoice: choice)));
}
