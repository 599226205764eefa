using System.Security.Cryptography.X509Certificates;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Tokens as honest clients make them, and as others do.</summary>
internal static class Tokens
{
    /// <summary>A token of whoever's certificate is shown, signed with whoever's key.</summary>
    public static byte[] Of(Signed shown, Signed signer, DateTimeOffset at, string clusterId = TlsHosts.ClusterId, TimeSpan? lifetime = null)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(shown.Certificate);
        using var key = X509Certificate2.CreateFromPemFile(signer.Certificate, signer.Key);
        return new ClientToken(clusterId, at, at + (lifetime ?? ClientToken.Lifetime), [certificate.RawData]).Sign(key);
    }
}
