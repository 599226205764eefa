using System.Net;
using Sheaf.Client.Clusters;
using Sheaf.Client.Running;

namespace Sheaf.Client.Tests.Clusters;

public sealed class ClusterAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", "sheaf@127.0.0.1:30000")]
    [InlineData("127.0.0.1:4", "sheaf@127.0.0.1:4")]
    [InlineData("prod@silos.example", "prod@silos.example:30000")]
    [InlineData("prod@a:1, b:2,c", "prod@a:1,b:2,c:30000")]
    [InlineData("[::1]:5", "sheaf@[::1]:5")]
    public void Parse_Address_ReadsAsItIsWritten(string text, string expected)
    {
        var address = ClusterAddress.Parse(text);

        Assert.Equal(expected, address.ToString());
        Assert.Equal(expected, ClusterAddress.Parse(address.ToString()).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("@host")]
    [InlineData("host:port")]
    [InlineData("host:70000")]
    [InlineData("host,,other")]
    [InlineData("host/path")]
    [InlineData("a@b@c")]
    [InlineData("two words")]
    public void Parse_NoAddress_SaysHowToWriteOne(string text)
    {
        var exception = Assert.Throws<RunFailedException>(() => ClusterAddress.Parse(text));

        Assert.Equal($"'{text}' is no address of a cluster. Write [NAME@]HOST[:PORT], for example sheaf@127.0.0.1:30000; several hosts with commas.", exception.Message);
    }

    [Fact]
    public async Task Resolve_OneHostTwice_GivesOneEndPoint()
    {
        var found = await ClusterAddress.Parse("127.0.0.1:5,127.0.0.1:5").ResolveAsync(CancellationToken.None);

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 5)], found);
    }
}
