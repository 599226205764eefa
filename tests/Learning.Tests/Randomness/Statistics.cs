namespace Sheaf.Learning.Tests.Randomness;

internal static class Statistics
{
    /// <summary>Checks Pearson's χ² of equally likely bins: mean d, variance 2·d for d = bins − 1, within 4 standard errors.</summary>
    public static void AssertUniform(int[] counts)
    {
        var expected = counts.Average();
        var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        var freedom = counts.Length - 1;
        var error = 4 * Math.Sqrt(2 * freedom);
        Assert.InRange(chiSquare, freedom - error, freedom + error);
    }
}
