using System.Globalization;
using Sheaf.Client.Data;

namespace Sheaf.Client.Tests.Data;

public sealed class DataTimeTests
{
    [Theory]
    [InlineData("2015-06-17T07:46:32Z", "2015-06-17T07:46:32.0000000")]
    [InlineData("2015-06-17T07:46:32", "2015-06-17T07:46:32.0000000")]
    [InlineData("2015-06-17T07:46:32+02:00", "2015-06-17T05:46:32.0000000")]
    [InlineData("2015-06-17T07:46:32-08:00", "2015-06-17T15:46:32.0000000")]
    [InlineData("2015-06-17T07:46:32.25Z", "2015-06-17T07:46:32.2500000")]
    [InlineData("2015-06-17T07:46Z", "2015-06-17T07:46:00.0000000")]
    [InlineData("2015-06-17 07:46", "2015-06-17T07:46:00.0000000")]
    [InlineData(" 2015-06-17 07:46:32 ", "2015-06-17T07:46:32.0000000")]
    [InlineData("2016-02-29", "2016-02-29T00:00:00.0000000")]
    [InlineData("1434527192", "2015-06-17T07:46:32.0000000")]
    [InlineData("1434527192250", "2015-06-17T07:46:32.2500000")]
    [InlineData("0", "1970-01-01T00:00:00.0000000")]
    [InlineData("7092", "1970-01-01T01:58:12.0000000")]
    [InlineData("-1", "1969-12-31T23:59:59.0000000")]
    [InlineData("99999999999", "5138-11-16T09:46:39.0000000")]
    [InlineData("100000000000", "1973-03-03T09:46:40.0000000")]
    public void TryParse_KnownFormats_GivesUtc(string text, string expected)
    {
        Assert.True(DataTime.TryParse(text, out var time));
        Assert.Equal(TimeSpan.Zero, time.Offset);
        Assert.Equal(expected, time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("yesterday")]
    [InlineData("2015-02-29")]
    [InlineData("2015-13-01 00:00")]
    [InlineData("2015-06-17T25:00:00Z")]
    [InlineData("17.06.2015")]
    [InlineData("06/17/2015")]
    [InlineData("1434527192.5")]
    [InlineData("1e9")]
    [InlineData("0001-01-01T00:00+14:00")]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("-99999999999")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(DataTime.TryParse(text, out _));
}
