using System.Text;

namespace Sheaf.Learning.Devices;

/// <summary>What a retention policy knows about an example.</summary>
/// <param name="Id">Its number on the device, ascending in the order of arrival and never used twice.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Period">The period in which it arrived, from 0.</param>
/// <param name="Bytes">What it takes, at least 0, by <see cref="BytesOf"/>.</param>
/// <param name="Committed">Whether the device has seen the commit of a round that trained on it. Default: false.</param>
public readonly record struct ExampleFacts(long Id, DateTimeOffset Time, int Period, int Bytes, bool Committed = false)
{
    /// <summary>What an example takes: its text and its label in UTF-8, without what storage adds.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">The label; empty when there is none.</param>
    /// <returns>The bytes.</returns>
    public static int BytesOf(ReadOnlySpan<char> text, ReadOnlySpan<char> label) =>
        Encoding.UTF8.GetByteCount(text) + Encoding.UTF8.GetByteCount(label);
}

/// <summary>When a policy is applied.</summary>
/// <param name="Time">The time against which ages are measured.</param>
/// <param name="Period">The latest period that has arrived, from 0; −1 before the first.</param>
public readonly record struct RetentionMoment(DateTimeOffset Time, int Period);
