using Sheaf.Abstractions.Security;

namespace Sheaf.Client.Clusters;

/// <summary>A folder with what a client needs to prove who it is: <c>tls.crt</c>, <c>tls.key</c> and <c>silo-ca.crt</c>, the authority that signs silos.</summary>
internal static class ClientCertificate
{
    /// <summary>Where its files are.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The options of its connections.</returns>
    public static TlsOptions Of(string folder) => new()
    {
        Certificate = Path.Combine(folder, "tls.crt"),
        Key = Path.Combine(folder, "tls.key"),
        SiloAuthority = Path.Combine(folder, "silo-ca.crt"),
    };
}
