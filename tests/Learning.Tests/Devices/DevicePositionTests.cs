using Sheaf.Learning.Devices;
using Sheaf.Learning.Tests.Randomness;

namespace Sheaf.Learning.Tests.Devices;

public sealed class DevicePositionTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("1000000", 1_000_000)]
    [InlineData("999999999999999999", 999_999_999_999_999_999)]
    public void Of_CanonicalNumber_EqualsOfIndex(string deviceId, ulong index) =>
        Assert.Equal(DevicePosition.OfIndex(index), DevicePosition.Of(deviceId));

    [Theory]
    [InlineData("007", 7)]
    [InlineData("00", 0)]
    [InlineData("+7", 7)]
    [InlineData(" 7", 7)]
    [InlineData("7 ", 7)]
    [InlineData("\u0667", 7)]
    [InlineData("1000000000000000000", 1_000_000_000_000_000_000)]
    public void Of_OtherSpellingsOfANumber_AreDevicesOfTheirOwn(string deviceId, ulong index) =>
        Assert.NotEqual(DevicePosition.OfIndex(index), DevicePosition.Of(deviceId));

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void Of_Text_IsThePublishedXxHash64(string deviceId, ulong position) => Assert.Equal(position, DevicePosition.Of(deviceId));

    [Fact]
    public void ShardOf_CountedDevices_FillsShardsEvenly()
    {
        var counts = new int[64];
        for (var i = 0UL; i < 64_000; i++)
        {
            counts[DevicePosition.ShardOf(DevicePosition.OfIndex(i), 64)]++;
        }

        Statistics.AssertUniform(counts);
    }

    [Fact]
    public void ShardOf_Position_IsItsLeadingBits()
    {
        Assert.Equal(0, DevicePosition.ShardOf(ulong.MaxValue, 1));
        Assert.Equal(1, DevicePosition.ShardOf(1UL << 63, 2));
        Assert.Equal(0, DevicePosition.ShardOf((1UL << 63) - 1, 2));
        Assert.Equal(5, DevicePosition.ShardOf(0b101UL << 61, 8));
        Assert.Equal(65_535, DevicePosition.ShardOf(ulong.MaxValue, 65_536));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(3)]
    [InlineData(131_072)]
    public void ShardOf_CountThatIsNoPowerOfTwoInRange_Throws(int shardCount)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => DevicePosition.ShardOf(1, shardCount));

        Assert.StartsWith("A shard count is a power of two from 1 to 65,536.", error.Message, StringComparison.Ordinal);
    }
}
