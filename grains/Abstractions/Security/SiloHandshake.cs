using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Abstractions.Security;

/// <summary>One handshake with a silo that was dialled.</summary>
/// <param name="own">What is shown, and who is trusted.</param>
/// <param name="siloName">The name that the silo's certificate must carry.</param>
/// <param name="now">The time.</param>
internal sealed class SiloHandshake(TlsIdentity own, string siloName, DateTimeOffset now)
{
    /// <summary>Why the silo's certificate was refused; null when it was not.</summary>
    public RefusalReason? Reason { get; private set; }

    /// <summary>How it is done.</summary>
    public SslClientAuthenticationOptions Settings => new()
    {
        TargetHost = siloName,
        ClientCertificateContext = own.Context,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = PeerCheck.Policy(own.SiloAuthority, PeerCheck.ServerUse, now),
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => (Reason = ReasonOf(certificate as X509Certificate2, chain)) is null,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    private RefusalReason? ReasonOf(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null || chain is null)
        {
            return RefusalReason.NoCertificate;
        }

        return PeerCheck.ReasonOf(chain) ?? (PeerCheck.HasName(certificate, siloName) ? null : RefusalReason.Name);
    }
}
