using CsCheck;

namespace Sheaf.Learning.Tests;

internal static class Generators
{
    /// <summary>One of some values, all equally often.</summary>
    public static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
