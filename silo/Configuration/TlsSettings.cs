using System.ComponentModel;
using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Configuration;

/// <summary>How a silo proves on a network who it is, and whom it lets in. All four files, or none.</summary>
public sealed record TlsSettings
{
    /// <summary>The silo's certificate.</summary>
    [Description("The silo's certificate: a PEM file, read again when it changes. deploy/k8s/certificates.md says how to make all four.")]
    public string Certificate { get; init; } = "";

    /// <summary>Its key.</summary>
    [Description("The certificate's private key: a PEM file.")]
    public string Key { get; init; } = "";

    /// <summary>The authority of silos.</summary>
    [Description("The authority that signs silos: a PEM file.")]
    public string SiloAuthority { get; init; } = "";

    /// <summary>The authority of clients.</summary>
    [Description("The authority that signs clients, another one than the silos': a PEM file.")]
    public string ClientAuthority { get; init; } = "";

    /// <summary>Whether there are certificates.</summary>
    internal bool IsSet => Files.Any(file => file.Value.Length > 0);

    /// <summary>These settings as the connections have them.</summary>
    internal TlsOptions Options => new() { Certificate = Certificate, Key = Key, SiloAuthority = SiloAuthority, ClientAuthority = ClientAuthority };

    private (string Name, string Value)[] Files =>
        [(nameof(Certificate), Certificate), (nameof(Key), Key), (nameof(SiloAuthority), SiloAuthority), (nameof(ClientAuthority), ClientAuthority)];

    internal IEnumerable<string> Problems()
    {
        if (!IsSet)
        {
            return [];
        }

        var missing = Files.Where(file => file.Value.Length == 0).Select(file => $"Tls:{file.Name}").ToArray();
        return missing.Length > 0
            ? [$"{string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} empty: certificates need all four files, or none."]
            : Options.Problems(TlsEnd.Silo);
    }
}
