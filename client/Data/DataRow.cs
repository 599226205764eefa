namespace Sheaf.Client.Data;

/// <summary>One example of a data file.</summary>
/// <param name="Line">The line of the file where it starts, the first being 1. It is unique within the file and the same in every pass.</param>
/// <param name="Device">The device that made it, 1 to 256 characters.</param>
/// <param name="Time">When it was made, in UTC.</param>
/// <param name="Text">The text, possibly empty.</param>
/// <param name="Label">The label; empty only where no column of labels is read.</param>
/// <param name="Split">Which part of the data it belongs to; null when the file does not say.</param>
internal sealed record DataRow(long Line, string Device, DateTimeOffset Time, string Text, string Label, string? Split)
{
    /// <summary>Whether its file holds it out: every part but "train" is; null when the file does not say.</summary>
    public bool? IsHeldOut => Split?.Equals("train", StringComparison.OrdinalIgnoreCase) is { } isTrain ? !isTrain : null;
}
