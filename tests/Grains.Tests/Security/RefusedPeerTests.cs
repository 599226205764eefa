using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Sheaf.Abstractions.Populations;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Who is kept out, on real sockets, and that each is counted.</summary>
[Collection(TlsTests.Name)]
public sealed class RefusedPeerTests(TlsFixture fixture)
{
    [Theory]
    [InlineData("gateway", "client of a rogue authority", "untrusted")]
    [InlineData("gateway", "silo", "untrusted")]
    [InlineData("gateway", "expired client", "expired")]
    [InlineData("gateway", "client for server use", "use")]
    [InlineData("gateway", "client without a role", "role")]
    [InlineData("gateway", "nobody", "no-certificate")]
    [InlineData("silo", "client", "untrusted")]
    [InlineData("silo", "client with the silos' name", "untrusted")]
    [InlineData("silo", "silo of a rogue authority", "untrusted")]
    [InlineData("silo", "silo with another name", "name")]
    [InlineData("silo", "expired silo", "expired")]
    [InlineData("silo", "nobody", "no-certificate")]
    public async Task Handshake_WrongPeer_IsRefusedAndCounted(string port, string who, string reason)
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        foreach (var protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            await RefusedAsync(port, CertificateOf(who), protocol);
        }

        await refused.CountedAsync($"{port} {reason}", atLeast: 2);
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("silo")]
    public async Task Plaintext_OnEitherPort_IsRefusedAndCounted(string port)
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        await using var peer = await RawPeer.ConnectAsync(PortOf(port));
        // The length of a preamble, as Orleans says it without TLS.
        await peer.SayAsync(new byte[] { 60, 0, 0, 0 });

        await peer.ClosedAsync();

        await refused.CountedAsync($"{port} plaintext");
        Assert.Contains(fixture.Log.Of(175), line => line.Contains($"on the {port} port was refused: plaintext", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silence_OnAPort_IsCountedWhenPatienceEnds()
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        await using var peer = await RawPeer.ConnectAsync(PortOf("gateway"));

        await peer.ClosedAsync();

        await refused.CountedAsync("gateway timeout");
    }

    [Fact]
    public async Task Probe_ThatOnlyConnects_IsNotCounted()
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        await (await RawPeer.ConnectAsync(PortOf("gateway"))).DisposeAsync();
        await using var plain = await RawPeer.ConnectAsync(PortOf("gateway"));
        await plain.SayAsync("GET / HTTP/1.1\r\n"u8.ToArray());

        await refused.CountedAsync("gateway plaintext");

        Assert.Equal(0, refused["gateway handshake"] + refused["gateway timeout"]);
    }

    [Theory]
    [InlineData("plain", "gateway plaintext")]
    [InlineData("rogue", "gateway untrusted")]
    [InlineData("trusting others", "gateway untrusted")]
    [InlineData("expecting another name", "gateway name")]
    public async Task Client_OfTheWrongKind_DoesNotGetIn(string who, string counted)
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        var honest = fixture.Clients.Client("read").Trusting(fixture.Silos);
        using var client = TlsHosts.Client(
            who switch
            {
                "plain" => null,
                "rogue" => fixture.Rogue.Client("erase").Trusting(fixture.Silos),
                "trusting others" => honest with { SiloAuthority = fixture.Rogue.File },
                _ => honest with { SiloName = "other-silo" },
            },
            fixture.GatewayPorts[0]);

        await NotStartedAsync(client, () => refused.CountedAsync(counted));
    }

    [Theory]
    [InlineData("rogue", "untrusted")]
    [InlineData("misnamed", "name")]
    public async Task Silo_OfAnotherAuthorityOrName_DoesNotJoin(string who, string reason)
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        var folder = Directory.CreateTempSubdirectory("sheaf-rogue-");
        // It trusts the cluster's authority, and would join if it were let in.
        var tls = who == "rogue" ? RogueSilo(fixture) : fixture.Silos.Silo("other-silo").Trusting(fixture.Silos, fixture.Clients) with { SiloName = "other-silo" };
        using var silo = TlsHosts.Silo(tls, folder.FullName, TlsHosts.FreePort(), TlsHosts.FreePort(), fixture.SiloPorts[0]);

        await NotStartedAsync(silo, () => refused.CountedAsync($"silo {reason}"));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("device", "tiny/d1", 1)]
    [InlineData("sys.client", "0123456789abcdef0123456789abcdef", 2)]
    public async Task Message_InTheNameOfAGrainOrAnAnswer_EndsTheConnectionAndIsCounted(string type, string key, int kind)
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        await using var peer = await RawPeer.ConnectAsync(PortOf("gateway"), fixture.Clients.Client("read"));

        await peer.SayAsync(Frames.Of(Frames.Preamble(), Frames.Message(type, key, kind: kind)));
        await peer.ClosedAsync();

        await refused.CountedAsync("gateway forged");
    }

    [Fact]
    public async Task Client_OfOrleansThatCallsInTheNameOfAGrain_IsCutOff()
    {
        using var refused = new CountedRefusals(Refusals.CounterName);
        using var client = await fixture.StartAsync(fixture.Clients.Client("read"));
        var runtime = client.Services.GetRequiredService(typeof(ClientConnectionOptions).Assembly.GetType("Orleans.OutsideRuntimeClient", throwOnError: true)!);
        var name = runtime.GetType().GetProperty("CurrentActivationAddress", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)!;
        var own = (GrainAddress)name.GetValue(runtime)!;
        name.SetValue(runtime, new GrainAddress { GrainId = GrainId.Create("device", "tiny/d1"), SiloAddress = own.SiloAddress, ActivationId = own.ActivationId });

        var call = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IPopulation>("forged").GetSpecAsync();

        await refused.CountedAsync("gateway forged");
        Assert.False(call.IsCompletedSuccessfully);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await client.StopAsync(stop.Token);
    }

    [Fact]
    public async Task Client_AfterAllThat_StillGetsIn() => Assert.Null(await (await fixture.AsAsync("read")).GetGrain<IPopulation>("absent").GetSpecAsync());

    // Orleans tries again for minutes.
    private static async Task NotStartedAsync(IHost host, Func<Task> refused)
    {
        using var stop = new CancellationTokenSource();
        var start = host.StartAsync(stop.Token);
        await refused();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => start);
    }

    private static TlsOptions RogueSilo(TlsFixture fixture) => fixture.Rogue.Silo().Trusting(fixture.Rogue, fixture.Clients);

    private int PortOf(string port) => port == "silo" ? fixture.SiloPorts[0] : fixture.GatewayPorts[0];

    private Signed? CertificateOf(string who) => who switch
    {
        "client" => fixture.Clients.Client("erase"),
        "client with the silos' name" => fixture.Clients.Silo(),
        "client without a role" => fixture.Clients.Client(""),
        "client of a rogue authority" => fixture.Rogue.Client("erase"),
        "expired client" => fixture.Clients.Client("erase", hoursLeft: -1),
        "client for server use" => fixture.Clients.Sign(
            "CN=ann", 24, request => request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([TestAuthority.ServerUse], false))),
        "silo" => fixture.Silos.Silo(),
        "silo of a rogue authority" => fixture.Rogue.Silo(),
        "silo with another name" => fixture.Silos.Silo("other-silo"),
        "expired silo" => fixture.Silos.Silo(hoursLeft: -1),
        "nobody" => null,
        _ => throw new ArgumentOutOfRangeException(nameof(who), who, null),
    };

    private async Task RefusedAsync(string port, Signed? certificate, SslProtocols protocol)
    {
        try
        {
            await using var peer = await RawPeer.ConnectAsync(PortOf(port), certificate, protocol);
            await peer.ClosedAsync();
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            // Refused within the handshake.
        }
    }
}
