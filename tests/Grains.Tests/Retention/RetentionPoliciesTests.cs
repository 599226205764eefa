using Sheaf.Abstractions.Populations;
using Sheaf.Grains.Devices;

namespace Sheaf.Grains.Tests.Retention;

/// <summary>Policies as they travel.</summary>
public sealed class RetentionPoliciesTests
{
    [Fact]
    public void EnsureUsable_SeveralMistakes_NamesAllAndWhosePolicyItIs()
    {
        var policy = new RetentionSpec(0, null, "newest", ReserveChoice: "best");

        var refused = Assert.Throws<ArgumentException>(() => RetentionPolicies.EnsureUsable(policy, "The device 'ann'", versionLeast: 1));

        Assert.Equal(
            "The device 'ann' cannot be kept by this policy. ExamplesMax is 0: choose at least 1, or leave it out to keep any number. "
            + "There is no overflow 'newest': choose oldest-first or reservoir. There is no choice of a reserve 'best': choose random or gradient-sum. "
            + "Version is 0: the policy that holds is at 0 or has that version, choose at least 1.",
            refused.Message);
    }
}
