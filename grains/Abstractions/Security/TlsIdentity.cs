using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Abstractions.Security;

/// <summary>What one end shows to others, and whom it trusts, as read from files.</summary>
/// <param name="Certificate">Its certificate with the private key.</param>
/// <param name="Intermediates">Those between it and its authority; may be empty.</param>
/// <param name="Context">Both, ready to be shown.</param>
/// <param name="SiloAuthority">The roots that sign silos.</param>
/// <param name="ClientAuthority">The roots that sign clients; empty on a client that was not told.</param>
internal sealed record TlsIdentity(
    X509Certificate2 Certificate,
    X509Certificate2Collection Intermediates,
    SslStreamCertificateContext Context,
    X509Certificate2Collection SiloAuthority,
    X509Certificate2Collection ClientAuthority)
{
    /// <summary>When the first of the certificates ends that it cannot do without: its own, those between, or the last root of an authority.</summary>
    public DateTimeOffset Expires { get; } = new[] { Ends([Certificate]).Min(), LastOf(SiloAuthority), LastOf(ClientAuthority) }
        .Concat(Ends(Intermediates)).Min();

    private static DateTimeOffset LastOf(X509Certificate2Collection roots) => Ends(roots).DefaultIfEmpty(DateTimeOffset.MaxValue).Max();

    private static IEnumerable<DateTimeOffset> Ends(X509Certificate2Collection certificates) =>
        certificates.Select(certificate => new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
}
