using System.Globalization;

namespace Sheaf.Client.Data;

/// <summary>
/// Reads the times of data files: ISO 8601 (<c>2015-06-17T07:46:32Z</c>, <c>2015-06-17T07:46:32.25+02:00</c>, <c>2015-06-17</c>; without an
/// offset it is UTC), <c>2015-06-17 07:46[:32]</c>, and whole numbers.
/// </summary>
/// <remarks>A whole number below 10¹¹ in size counts seconds since the Unix epoch, so 0, 1, 2, … says an order and nothing more; from
/// 10¹¹ (the year 5138 in seconds, March 1973 in milliseconds) it counts milliseconds.</remarks>
internal static class DataTime
{
    private const long MillisecondsMin = 100_000_000_000;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>The formats in the words of an error message.</summary>
    public const string Remedy = "Write ISO 8601 (2015-06-17T07:46:32Z), '2015-06-17 07:46', or whole unix seconds or milliseconds.";

    /// <summary>Reads a time.</summary>
    /// <param name="text">The text; white space around it does not matter.</param>
    /// <param name="time">The time in UTC.</param>
    /// <returns>False when the text is not a time between the years 1 and 9999.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        text = text.Trim();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return TryFromNumber(number, out time);
        }

        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, utc, out time);
    }

    private static bool TryFromNumber(long number, out DateTimeOffset time)
    {
        // Not Math.Abs, which has no answer for long.MinValue.
        var inMilliseconds = number is >= MillisecondsMin or <= -MillisecondsMin;
        var perSecond = inMilliseconds ? 1000 : 1;
        var min = DateTimeOffset.MinValue.ToUnixTimeSeconds() * perSecond;
        var max = DateTimeOffset.MaxValue.ToUnixTimeSeconds() * perSecond;
        if (number < min || number > max)
        {
            time = default;
            return false;
        }

        time = inMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(number) : DateTimeOffset.FromUnixTimeSeconds(number);
        return true;
    }
}
