using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Security;

/// <summary>Finds out from a token who calls. Each token is looked at once and remembered while it holds. Thread-safe.</summary>
/// <param name="certificates">The certificates, with the authority of clients.</param>
/// <param name="cluster">This cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientTokens(TlsCertificates certificates, IOptions<ClusterOptions> cluster, TimeProvider time)
{
    /// <summary>How far the clocks of client and silo may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>The most tokens that are remembered.</summary>
    public const int RememberedMax = 1024;

    private const string Unreadable = "Its token cannot be read: use a client of the cluster's version.";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ClientIdentity Client, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);
    private TlsIdentity? _knownBy;

    /// <summary>How many tokens are remembered.</summary>
    internal int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _known.Count;
            }
        }
    }

    /// <summary>Finds out who calls.</summary>
    /// <param name="token">What the call's context holds for a token.</param>
    /// <param name="flaw">What is wrong with it, with the remedy; empty when nothing is.</param>
    /// <returns>The client; null when the token proves nothing.</returns>
    public ClientIdentity? Identify(object? token, out string flaw)
    {
        var now = time.GetUtcNow();
        var own = certificates.Current;
        if (token is not byte[] bytes)
        {
            flaw = "It does not say whose it is: connect with a client of Sheaf that was given its certificate.";
            return null;
        }

        var hash = Convert.ToHexString(SHA256.HashData(bytes));
        lock (_lock)
        {
            if (_knownBy == own && _known.TryGetValue(hash, out var known) && now <= known.Until)
            {
                flaw = "";
                return known.Client;
            }
        }

        try
        {
            return Verify(bytes, own, now, out flaw) is { } verified ? Remember(hash, verified, own, now) : null;
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            // A certificate is looked into bit by bit, and what is wrong with it shows wherever it does.
            flaw = Unreadable;
            return null;
        }
    }

    private (ClientIdentity Client, DateTimeOffset Until)? Verify(byte[] bytes, TlsIdentity own, DateTimeOffset now, out string flaw)
    {
        flaw = Unreadable;
        if (ClientToken.Parse(bytes, out var signedBytes) is not { } token)
        {
            return null;
        }

        var chain = token.Certificates.Select(der => X509CertificateLoader.LoadCertificate(der)).ToList();
        flaw = FlawOf(token, chain, own, now);
        if (flaw.Length > 0)
        {
            return null;
        }

        if (!ClientToken.IsSignedBy(chain[0], bytes.AsSpan(0, signedBytes), bytes.AsSpan(signedBytes)))
        {
            flaw = "Its token is not signed with the key of the certificate in it: find out who sends such tokens.";
            return null;
        }

        var until = token.ExpiresAt + ClockSkew;
        var end = new DateTimeOffset(chain[0].NotAfter.ToUniversalTime());
        return (new(chain[0].Subject, chain[0].GetCertHashString(HashAlgorithmName.SHA256), CertificateRoles.Of(chain[0])), until < end ? until : end);
    }

    private string FlawOf(ClientToken token, List<X509Certificate2> chain, TlsIdentity own, DateTimeOffset now)
    {
        if (token.ClusterId != cluster.Value.ClusterId)
        {
            return $"Its token is for the cluster '{token.ClusterId}', and this is '{cluster.Value.ClusterId}': give the client this cluster's id.";
        }

        if (now > token.ExpiresAt + ClockSkew || now < token.IssuedAt - ClockSkew || token.ExpiresAt - token.IssuedAt > ClientToken.Lifetime)
        {
            return "Its token holds no more, or not yet: set the clocks of client and silos right.";
        }

        return PeerCheck.Check(chain[0], chain.Skip(1), PeerCheck.Policy(own.ClientAuthority, PeerCheck.ClientUse, now)) switch
        {
            null => "",
            RefusalReason.Expired => "Its certificate is out of date: have it renewed.",
            _ => "Its token is of a certificate that the authority of clients has not signed for client use: have one signed by that.",
        };
    }

    private ClientIdentity Remember(string hash, (ClientIdentity Client, DateTimeOffset Until) verified, TlsIdentity own, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_knownBy != own)
            {
                _known.Clear();
                _knownBy = own;
            }

            if (_known.Count >= RememberedMax)
            {
                foreach (var ended in _known.Where(entry => now > entry.Value.Until).Select(entry => entry.Key).ToArray())
                {
                    _known.Remove(ended);
                }
            }

            // A client that signs a new token for each call pays for it by having each looked at.
            if (_known.Count < RememberedMax)
            {
                _known[hash] = verified;
            }
        }

        return verified.Client;
    }
}
