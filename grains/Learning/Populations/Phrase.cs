namespace Sheaf.Learning.Populations;

/// <summary>A sentence or a slot's value with places to fill in.</summary>
/// <param name="Parts">Its parts, in order.</param>
internal sealed record Phrase(PhrasePart[] Parts);

/// <summary>A part of a phrase: a text, a slot, or one of several phrases.</summary>
/// <param name="Text">The text; empty for the other two.</param>
/// <param name="Slot">The slot to fill in, or −1.</param>
/// <param name="Choices">The phrases to choose from; empty for the other two.</param>
internal readonly record struct PhrasePart(string Text, int Slot, Phrase[] Choices)
{
    /// <summary>Whether the part is a slot.</summary>
    public bool IsSlot => Slot >= 0;
}
