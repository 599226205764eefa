using System.Text;
using Orleans.Storage;

namespace Sheaf.Silo.Storage.Grouped;

/// <summary>Which row of <c>OrleansStorage</c> is meant, in the columns by which the AdoNet grain storage finds the same one.</summary>
/// <param name="State">The state's name (<c>GrainTypeString</c>).</param>
/// <param name="Grain">The grain's key (<c>GrainIdExtensionString</c>).</param>
internal readonly record struct RowKey(string State, string Grain)
{
    private static readonly OrleansDefaultHasher Hasher = new();

    /// <summary>The hash of the state's name (<c>GrainTypeHash</c>).</summary>
    public int StateHash => Hasher.Hash(Encoding.UTF8.GetBytes(State));

    /// <summary>The hash of the grain's key (<c>GrainIdHash</c>), whose bytes AdoNet's storage takes last one first.</summary>
    public int GrainHash
    {
        get
        {
            var bytes = Encoding.UTF8.GetBytes(Grain);
            Array.Reverse(bytes);
            return Hasher.Hash(bytes);
        }
    }

    /// <summary>The row of a grain whose key is a text. Those of others have numbers in their columns, and are left to AdoNet's own storage.</summary>
    /// <param name="state">The state's name.</param>
    /// <param name="grain">The grain.</param>
    /// <returns>The key; null when the grain's key can be read as a number or a GUID.</returns>
    public static RowKey? Of(string state, GrainId grain) =>
        grain.TryGetGuidKey(out _, out _) || grain.TryGetIntegerKey(out _, out _) ? null : new RowKey(state, grain.Key.ToString()!);
}
