using System.Reflection;

namespace Sheaf.Learning.Populations;

/// <summary>What people say to a voice assistant: intents with their templates, and the values of the slots in them.</summary>
/// <remarks>The text files in <c>Domains</c> hold it, embedded; <see cref="GrammarReader"/> describes their form.</remarks>
internal sealed class VoiceGrammar
{
    /// <summary>The slot whose values may stand before any sentence.</summary>
    public const string OpeningSlot = "opening";

    /// <summary>The slot whose values may stand after any sentence.</summary>
    public const string ClosingSlot = "closing";

    private const string ResourcePrefix = "Populations/Domains/";

    private static readonly Lazy<VoiceGrammar> LazyShipped = new(ReadShipped);

    /// <summary>Holds what a reader has read.</summary>
    /// <param name="intents">The intents' names, sorted.</param>
    /// <param name="templates">The templates of each intent.</param>
    /// <param name="slots">The slots' names.</param>
    /// <param name="values">The values of each slot.</param>
    public VoiceGrammar(string[] intents, Phrase[][] templates, string[] slots, Phrase[][] values) =>
        (Intents, Templates, Slots, Values) = (intents, templates, slots, values);

    /// <summary>The grammar in the assembly.</summary>
    public static VoiceGrammar Shipped => LazyShipped.Value;

    /// <summary>The intents' names, sorted.</summary>
    public string[] Intents { get; }

    /// <summary>The templates of each intent.</summary>
    public Phrase[][] Templates { get; }

    /// <summary>The slots' names.</summary>
    public string[] Slots { get; }

    /// <summary>The values of each slot.</summary>
    public Phrase[][] Values { get; }

    /// <summary>The number of a slot.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>An index into <see cref="Slots"/>.</returns>
    /// <exception cref="InvalidOperationException">There is no such slot.</exception>
    public int SlotOf(string name)
    {
        var slot = Array.IndexOf(Slots, name);
        return slot >= 0 ? slot : throw new InvalidOperationException($"The grammar has no slot '{name}': add its values to common.txt.");
    }

    private static VoiceGrammar ReadShipped()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var reader = new GrammarReader();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            reader.Read(name[ResourcePrefix.Length..], text);
        }

        return reader.ToGrammar();
    }
}
