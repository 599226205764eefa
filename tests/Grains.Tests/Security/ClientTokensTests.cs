using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Sheaf.Abstractions.Security;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>What a token proves.</summary>
public sealed class ClientTokensTests : IDisposable
{
    private readonly TestAuthority _silos = new("silos");
    private readonly TestAuthority _clients = new("clients");
    // Tokens count whole seconds.
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
    private readonly Signed _silo;
    private readonly ClientTokens _tokens;

    public ClientTokensTests()
    {
        _silo = _silos.Silo();
        var certificates = new TlsCertificates(_silo.Trusting(_silos, _clients), TlsEnd.Silo, _time, NullLogger<TlsCertificates>.Instance);
        _tokens = new ClientTokens(certificates, Options.Create(new ClusterOptions { ClusterId = TlsHosts.ClusterId }), _time);
    }

    [Theory]
    [InlineData("", AccessRole.None)]
    [InlineData("read", AccessRole.Read)]
    [InlineData("submit", AccessRole.Submit)]
    [InlineData("erase", AccessRole.Erase)]
    [InlineData("submit erase", AccessRole.Submit | AccessRole.Erase)]
    [InlineData("ERASE", AccessRole.None)]
    internal void Identify_HonestToken_GivesWhoAndRoles(string units, AccessRole roles)
    {
        var client = _clients.Client(units);

        var identity = _tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow()), out var flaw);

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(client.Certificate);
        Assert.Equal((new ClientIdentity(certificate.Subject, certificate.GetCertHashString(HashAlgorithmName.SHA256), roles), ""), (identity, flaw));
    }

    [Fact]
    public void Identify_UnitsAsOneNameOfSeveralValues_GivesAllRoles()
    {
        // As some issuers write them: one set with two values.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        {
            foreach (var unit in new[] { "sheaf-read", "sheaf-erase" })
            {
                using var pair = writer.PushSequence();
                writer.WriteObjectIdentifier("2.5.4.11");
                writer.WriteCharacterString(UniversalTagNumber.PrintableString, unit);
            }
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var client = _clients.Sign(new X500DistinguishedName(writer.Encode()), 24, _ => { }, key);

        Assert.Equal(AccessRole.Erase, _tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow()), out _)?.Roles);
    }

    [Fact]
    public void Identify_RsaKey_IsAccepted()
    {
        using var key = RSA.Create(2048);
        var client = _clients.Client("read", key: key);

        Assert.Equal(AccessRole.Read, _tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow()), out _)?.Roles);
    }

    [Theory]
    [InlineData(-7 * 60, true)]
    [InlineData(-7 * 60 - 2, false)]
    [InlineData(2 * 60 - 1, true)]
    [InlineData(2 * 60 + 2, false)]
    public void Identify_ClockOfTheClientIsOff_TwoMinutesAreForgiven(int secondsAhead, bool isAccepted)
    {
        var client = _clients.Client("read");

        var identity = _tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow().AddSeconds(secondsAhead)), out var flaw);

        Assert.Equal((isAccepted, isAccepted ? "" : "Its token holds no more, or not yet: set the clocks of client and silos right."), (identity is not null, flaw));
    }

    [Fact]
    public void Identify_RememberedToken_EndsAllTheSame()
    {
        var client = _clients.Client("read");
        var token = Tokens.Of(client, client, _time.GetUtcNow());
        Assert.NotNull(_tokens.Identify(token, out _));

        _time.Advance(ClientToken.Lifetime + ClientTokens.ClockSkew + TimeSpan.FromSeconds(1));

        Assert.Null(_tokens.Identify(token, out _));
    }

    [Fact]
    public void Identify_TokenForLongerThanTokensHold_IsRefused()
    {
        var client = _clients.Client("read");

        Assert.Null(_tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow(), lifetime: TimeSpan.FromDays(1)), out _));
    }

    [Fact]
    public void Identify_AnyBitChanged_IsRefused()
    {
        var client = _clients.Client("read");
        var token = Tokens.Of(client, client, _time.GetUtcNow());

        Assert.All(Enumerable.Range(0, token.Length), at =>
        {
            var changed = token.ToArray();
            changed[at] ^= 1;
            Assert.Null(_tokens.Identify(changed, out _));
        });
    }

    [Fact]
    public void Identify_CutShortAnywhere_IsRefused()
    {
        var client = _clients.Client("read");
        var token = Tokens.Of(client, client, _time.GetUtcNow());

        Assert.All(Enumerable.Range(0, token.Length), length => Assert.Null(_tokens.Identify(token[..length], out _)));
    }

    [Fact]
    public void Identify_SilosOwnCertificate_IsNoClient() =>
        Assert.Null(_tokens.Identify(Tokens.Of(_silo, _silo, _time.GetUtcNow()), out _));

    [Fact]
    public void Identify_ManyTokens_RemembersABoundedNumber()
    {
        var client = _clients.Client("read");
        for (var i = 0; i <= ClientTokens.RememberedMax; i++)
        {
            Assert.NotNull(_tokens.Identify(Tokens.Of(client, client, _time.GetUtcNow(), lifetime: TimeSpan.FromSeconds(60 + (i % 200))), out _));
        }

        Assert.Equal(ClientTokens.RememberedMax, _tokens.Remembered);
    }

    public void Dispose()
    {
        _silos.Dispose();
        _clients.Dispose();
    }
}
