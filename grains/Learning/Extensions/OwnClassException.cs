namespace Sheaf.Learning.Extensions;

/// <summary>A class that a user brings cannot be used. The message says which, why, and what to do.</summary>
/// <param name="what">What is wrong, without a full stop.</param>
/// <param name="remedy">What to do about it: a sentence.</param>
/// <param name="inner">What the user's code threw; null when it threw nothing.</param>
public sealed class OwnClassException(string what, string remedy, Exception? inner = null) : Exception($"{what}. {remedy}", inner)
{
    /// <summary>What is wrong, without a full stop.</summary>
    public string What { get; } = what;

    /// <summary>What to do about it: a sentence.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>Whether the assembly is the trouble, rather than the class. Default: false.</summary>
    public bool IsOfAssembly { get; init; }

    /// <summary>What an exception of the user's says, fit for the middle of a sentence.</summary>
    /// <param name="thrown">The exception.</param>
    /// <returns>Its type and the first line of its message.</returns>
    public static string Describe(Exception thrown)
    {
        ArgumentNullException.ThrowIfNull(thrown);
        return $"{thrown.GetType().Name}: {thrown.Message.Split('\n')[0].TrimEnd('\r', '.')}";
    }
}
