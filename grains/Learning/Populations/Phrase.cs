namespace Sheaf.Learning.Populations;

/// <summary>A sentence or a slot's value with places to fill in.</summary>
/// <param name="Parts">Its parts, in order.</param>
internal sealed record Phrase(PhrasePart[] Parts);

/// <summary>A part of a phrase: one of several texts (a plain text is one of one), or a slot.</summary>
/// <param name="Texts">The texts to choose from; empty for a slot.</param>
/// <param name="Slot">The slot to fill in, or −1.</param>
internal readonly record struct PhrasePart(string[] Texts, int Slot)
{
    /// <summary>Whether the part is a slot.</summary>
    public bool IsSlot => Slot >= 0;
}
