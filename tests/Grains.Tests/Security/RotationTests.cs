namespace Sheaf.Grains.Tests.Security;

/// <summary>A silo whose certificate files are replaced while it runs.</summary>
[Collection(TlsTests.Name)]
public sealed class RotationTests(TlsFixture fixture)
{
    [Fact]
    public async Task Connections_AfterTheFilesWereReplaced_AreShownTheNewCertificateAndTheBrokenOneNever()
    {
        var grains = await fixture.AsAsync("read");
        var first = await ShownAsync();

        fixture.FirstSilo.Become(fixture.Silos.Silo());
        var second = await ShownAsync();
        File.WriteAllText(fixture.FirstSilo.Certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var third = await ShownAsync();

        Assert.NotEqual(first, second);
        Assert.Equal(second, third);
        Assert.Contains(fixture.Log.Of(173), line => line.Contains("what was read before stays in force", StringComparison.Ordinal));
        // Whoever was connected still is.
        Assert.Null(await grains.GetGrain<Abstractions.Populations.IPopulation>("rotation").GetSpecAsync());
        fixture.FirstSilo.Become(fixture.Silos.Silo());
        Assert.NotEqual(third, await ShownAsync());
    }

    private async Task<string> ShownAsync()
    {
        await using var peer = await RawPeer.ConnectAsync(fixture.GatewayPorts[0], fixture.Clients.Client("read"));
        return peer.Shown;
    }
}
