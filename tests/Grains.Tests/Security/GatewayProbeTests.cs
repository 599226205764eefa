using System.Net;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>What a client learns before it starts.</summary>
[Collection(TlsTests.Name)]
public sealed class GatewayProbeTests(TlsFixture fixture)
{
    private TlsOptions Honest => fixture.Clients.Client("read").Trusting(fixture.Silos);

    private IPEndPoint Gateway => new(IPAddress.Loopback, fixture.GatewayPorts[0]);

    [Fact]
    public async Task Dial_HonestClient_FindsNothingWrong() => Assert.Null(await GatewayProbe.DialAsync(Honest, Gateway));

    [Fact]
    public async Task Dial_ClientOfARogueAuthority_SaysThatItIsKeptOut()
    {
        var rogue = fixture.Rogue.Client("read").Trusting(fixture.Silos);

        Assert.Equal(
            $"The silo at {Gateway} does not let in 'CN=ann, OU=sheaf-read': have the certificate '{rogue.Certificate}' signed by the cluster's authority of clients, for client use and with a role among its organizational units; the silo's log says more.",
            await GatewayProbe.DialAsync(rogue, Gateway));
    }

    [Fact]
    public async Task Dial_SiloOfAnotherAuthority_SaysSo() => Assert.StartsWith(
        $"The certificate of {Gateway} is not one that '{fixture.Rogue.File}' has signed for a silo",
        await GatewayProbe.DialAsync(Honest with { SiloAuthority = fixture.Rogue.File }, Gateway),
        StringComparison.Ordinal);

    [Fact]
    public async Task Dial_SiloOfAnotherName_SaysSo() => Assert.StartsWith(
        $"The certificate of {Gateway} does not carry the name 'other-silo'", await GatewayProbe.DialAsync(Honest with { SiloName = "other-silo" }, Gateway), StringComparison.Ordinal);

    [Fact]
    public async Task Dial_Nobody_SaysSo() => Assert.StartsWith(
        "No silo can be reached at 127.0.0.1:", await GatewayProbe.DialAsync(Honest, new IPEndPoint(IPAddress.Loopback, TlsHosts.FreePort())), StringComparison.Ordinal);

    [Fact]
    public async Task Dial_OneWhoSpeaksNoTls_SaysSo()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var dialled = GatewayProbe.DialAsync(Honest, listener.LocalEndpoint);
        using var answer = await listener.AcceptSocketAsync();
        await answer.SendAsync("SSH-2.0\r\n\r\n\r\n"u8.ToArray());

        Assert.StartsWith($"No TLS can be agreed on with {listener.LocalEndpoint}", await dialled, StringComparison.Ordinal);
    }
}
