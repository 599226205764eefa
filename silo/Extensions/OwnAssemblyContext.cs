using System.Reflection;
using System.Runtime.Loader;

namespace Sheaf.Silo.Extensions;

/// <summary>Loads a user's assembly with what lies beside it. What Sheaf itself uses, TorchSharp above all, is shared with it.</summary>
/// <param name="path">The assembly's full path.</param>
internal sealed class OwnAssemblyContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _resolver = new(path);

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        }
        catch (FileNotFoundException)
        {
            // Sheaf does not have it: it is the user's own.
            return _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found)
                : Path.Combine(Path.GetDirectoryName(path)!, assemblyName.Name + ".dll") is var beside && File.Exists(beside) ? LoadFromAssemblyPath(beside)
                : null;
        }
    }
}
