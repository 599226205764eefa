namespace Sheaf.Learning.Selection;

/// <summary>The device that covers an offset of a shard.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Index">Its index in the arrays from which the shard was built.</param>
/// <param name="Start">Where its interval starts, in mass from the start of the shard.</param>
/// <param name="Mass">The length of its interval.</param>
public readonly record struct LocatedDevice(ulong Position, int Index, long Start, long Mass);
