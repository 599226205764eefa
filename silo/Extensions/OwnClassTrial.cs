using Sheaf.Learning.Extensions;

namespace Sheaf.Silo.Extensions;

/// <summary>Tries users' classes out as a silo will, before a task names them. Thread-safe.</summary>
public sealed class OwnClassTrial
{
    private readonly OwnAssemblies _assemblies = new();

    /// <summary>Tries a model out.</summary>
    /// <param name="assembly">The path of its assembly.</param>
    /// <param name="name">The full name of its class.</param>
    /// <param name="buckets">How many buckets tokens are hashed into, at least 1.</param>
    /// <param name="classes">How many classes there are, at least 2.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public OwnClassFault? OfModel(string assembly, string name, int buckets, int classes) =>
        Try(() => _assemblies.ModelOf(new OwnClass(assembly, name), buckets, classes));

    /// <summary>Tries a selection strategy out.</summary>
    /// <param name="assembly">The path of its assembly.</param>
    /// <param name="name">The full name of its class.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public OwnClassFault? OfStrategy(string assembly, string name) => Try(() => _assemblies.WeightsOf(new OwnClass(assembly, name)).WeightOf(1));

    private static OwnClassFault? Try(Func<object> use)
    {
        try
        {
            use();
            return null;
        }
        catch (OwnClassException exception)
        {
            return new OwnClassFault(exception.IsOfAssembly, exception.What, exception.Remedy);
        }
    }
}

/// <summary>Why a user's class cannot be used.</summary>
/// <param name="IsOfAssembly">Whether the assembly is the trouble, rather than the class.</param>
/// <param name="What">What is wrong, without a full stop.</param>
/// <param name="Remedy">What to do about it: a sentence.</param>
public sealed record OwnClassFault(bool IsOfAssembly, string What, string Remedy);
