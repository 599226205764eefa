using Sheaf.Learning.Extensions;

namespace Sheaf.Grains.Training;

/// <summary>What a plan says of a user's class.</summary>
internal static class OwnClassPlan
{
    /// <summary>Finds the class.</summary>
    /// <typeparam name="T">What it is used as.</typeparam>
    /// <param name="what">What it is for, in words.</param>
    /// <param name="assembly">The path of its assembly.</param>
    /// <param name="name">Its full name.</param>
    /// <param name="own">What finds classes; null when nothing does.</param>
    /// <param name="find">How it is found.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="ArgumentException">The plan does not name a class, or this silo loads none.</exception>
    public static T Of<T>(string what, string? assembly, string? name, IOwnClasses? own, Func<IOwnClasses, OwnClass, T> find)
    {
        if (assembly is null || name is null)
        {
            throw new ArgumentException($"The {what} 'own' needs an assembly and a class. Name both.");
        }

        return own is not null
            ? find(own, new OwnClass(assembly, name))
            : throw new ArgumentException($"This silo loads no assemblies of users. Use another {what} than 'own'.");
    }
}
