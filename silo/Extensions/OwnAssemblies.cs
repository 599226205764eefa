using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Sheaf.Learning.Extensions;
using Sheaf.Learning.Models;
using Sheaf.Learning.Selection;
using Sheaf.Learning.Torch.Own;

namespace Sheaf.Silo.Extensions;

/// <summary>Loads users' assemblies from paths of this machine, each once per silo. Thread-safe.</summary>
/// <remarks>A user's code runs in the silo with all its rights: a study that names an assembly is to be trusted like a program.</remarks>
internal sealed class OwnAssemblies : IOwnClasses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Assembly> _assemblies = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ModelArchitecture ModelOf(OwnClass source, int buckets, int classes) => OwnTextModel.Of(New<ITextModel>(source, "model"), buckets, classes);

    /// <inheritdoc/>
    public ISelectionWeights WeightsOf(OwnClass source) => new OwnWeights(source, New<ISelectionWeights>(source, "selection strategy"));

    private T New<T>(OwnClass source, string role)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(source);
        var type = Find<T>(source, role);
        try
        {
            return (T)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException exception)
        {
            var thrown = exception.InnerException!;
            throw new OwnClassException($"the constructor of '{source.Class}' threw {OwnClassException.Describe(thrown)}", "Mend it.", thrown);
        }
    }

    private Type Find<T>(OwnClass source, string role)
    {
        var types = TypesOf(source.Assembly);
        bool IsFit(Type type) => typeof(T).IsAssignableFrom(type) && type is { IsAbstract: false, IsVisible: true, ContainsGenericParameters: false };
        var names = types.Where(type => IsFit(type) && type.GetConstructor([]) is not null).Select(type => type.FullName!).Order(StringComparer.Ordinal).ToArray();
        var remedy = names.Length == 0
            ? $"Let a public class implement {typeof(T).FullName} to make it a {role}."
            : $"Name one that is a {role}: {string.Join(", ", names.Select(name => $"'{name}'"))}.";
        var type = types.FirstOrDefault(type => type.FullName == source.Class)
            ?? throw new OwnClassException($"there is no class '{source.Class}' in '{source.Assembly}'", remedy);
        if (!IsFit(type))
        {
            var what = !typeof(T).IsAssignableFrom(type) ? $"does not implement {typeof(T).FullName}" : "is not a public class that can be made";
            throw new OwnClassException($"the class '{source.Class}' {what}", remedy);
        }

        return type.GetConstructor([]) is not null
            ? type
            : throw new OwnClassException($"the class '{source.Class}' has no public constructor without parameters", "Give it one.");
    }

    private Type[] TypesOf(string path)
    {
        try
        {
            return Load(path).GetTypes();
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or ReflectionTypeLoadException or InvalidOperationException)
        {
            var cause = (exception as ReflectionTypeLoadException)?.LoaderExceptions.FirstOrDefault(loader => loader is not null) ?? exception;
            throw Broken($"'{path}' cannot be loaded: {OwnClassException.Describe(cause)}", "Put the assemblies that it needs beside it: dotnet publish does.", cause);
        }
    }

    private Assembly Load(string path)
    {
        EnsureLocal(path);
        lock (_lock)
        {
            if (!_assemblies.TryGetValue(path, out var assembly))
            {
                EnsureVersions(path);
                _assemblies.Add(path, assembly = new OwnAssemblyContext(path).LoadFromAssemblyPath(path));
            }

            return assembly;
        }
    }

    private static void EnsureLocal(string path)
    {
        if (!Path.IsPathFullyQualified(path) || path.StartsWith(@"\\", StringComparison.Ordinal) || path.StartsWith("//", StringComparison.Ordinal))
        {
            throw Broken($"'{path}' is not a full path of this machine", "Name a local file.");
        }

        if (!File.Exists(path))
        {
            throw Broken($"there is no file '{path}'", "Build the assembly, and name its dll; every silo needs it at this path.");
        }
    }

    private static void EnsureVersions(string path)
    {
        using var file = File.OpenRead(path);
        using var portable = new PEReader(file);
        if (!IsAssembly(portable))
        {
            throw Broken($"'{path}' is not a .NET assembly", "Name the dll that dotnet build writes.");
        }

        var metadata = portable.GetMetadataReader();
        var known = new[] { typeof(ITextModel).Assembly, typeof(ISelectionWeights).Assembly, typeof(TorchSharp.torch).Assembly }
            .Select(assembly => assembly.GetName()).ToDictionary(name => name.Name!, name => name.Version!, StringComparer.Ordinal);
        foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            var name = metadata.GetString(reference.Name);
            if (known.TryGetValue(name, out var version) && version != reference.Version)
            {
                throw Broken($"'{path}' was built against {name} {reference.Version} where this is {version}", "Build it against this version.");
            }
        }
    }

    private static bool IsAssembly(PEReader portable)
    {
        try
        {
            return portable.HasMetadata && portable.GetMetadataReader().IsAssembly;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static OwnClassException Broken(string what, string remedy, Exception? cause = null) => new(what, remedy, cause) { IsOfAssembly = true };
}
