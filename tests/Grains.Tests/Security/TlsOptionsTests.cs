using System.Security.Cryptography.X509Certificates;
using Sheaf.Abstractions.Security;
using Sheaf.Silo.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>What is refused before anything is started.</summary>
public sealed class TlsOptionsTests : IDisposable
{
    private readonly TestAuthority _silos = new("silos");
    private readonly TestAuthority _clients = new("clients");

    private TlsOptions Usable => _silos.Silo().Trusting(_silos, _clients);

    [Fact]
    public void Defaults_AreTheDocumentedOnes()
    {
        var options = new TlsOptions { Certificate = "c", Key = "k", SiloAuthority = "a" };

        Assert.Equal(
            ("sheaf-silo", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromDays(14), (string?)null),
            (options.SiloName, options.ReloadInterval, options.HandshakeTimeout, options.ExpiryWarning, options.ClientAuthority));
    }

    [Fact]
    public void Problems_UsableOptions_HasNone()
    {
        Assert.Empty(Usable.Problems(TlsEnd.Silo));
        Assert.Empty(_clients.Client("read").Trusting(_silos).Problems(TlsEnd.Client));
        Assert.Empty(_clients.Client("read").Trusting(_silos, _clients).Problems(TlsEnd.Client));
    }

    [Fact]
    public void Problems_EverythingWrong_AreToldAtOnce()
    {
        var nonsense = _silos.Write("nonsense");
        var options = new TlsOptions
        {
            Certificate = "/no/such/certificate",
            Key = nonsense,
            SiloAuthority = nonsense,
            SiloName = "no name",
            ReloadInterval = TimeSpan.FromDays(2),
            HandshakeTimeout = TimeSpan.Zero,
            ExpiryWarning = TimeSpan.FromSeconds(-1),
        };

        Assert.Equal(
            [
                "SiloName is 'no name': it must be a DNS name such as 'sheaf-silo'.",
                "ReloadInterval is 2.00:00:00: it must be 0 to 1 day.",
                "HandshakeTimeout is 00:00:00: it must be 100 milliseconds to 5 minutes.",
                "ExpiryWarning is -00:00:01: it must be 0 or more.",
                "The certificate '/no/such/certificate' does not exist: mend the path, or make the file.",
                $"The authority of silos '{nonsense}' holds no certificate that can be read: it must be a PEM file with 'BEGIN CERTIFICATE'.",
                "The authority of clients is not named: name a PEM file.",
                $"The key '{nonsense}' holds no private key that can be read: it must be a PEM file with 'BEGIN PRIVATE KEY', not encrypted.",
            ],
            options.Problems(TlsEnd.Silo));
    }

    [Fact]
    public void Problems_KeyOfAnother_SaysSo() => Only(
        Usable with { Key = _silos.Silo().Key }, options => $"The key '{options.Key}' is not that of the certificate '{options.Certificate}': name the two that were made together.");

    [Fact]
    public void Problems_ExpiredCertificate_SaysWhenItHeld()
    {
        var problem = Assert.Single(_silos.Silo(hoursLeft: -1).Trusting(_silos, _clients).Problems(TlsEnd.Silo));

        Assert.Matches(@"^The certificate '.*' is valid from \d{4}-\d\d-\d\d \d\d:\d\d to \d{4}-\d\d-\d\d \d\d:\d\d UTC only: have it renewed\.$", problem);
    }

    [Fact]
    public void Problems_SignedByAnother_SaysSo() => Only(
        _clients.Silo().Trusting(_silos, _clients),
        options => $"The certificate '{options.Certificate}' is not signed by '{_silos.File}': have it signed by that authority, and put those between the two into its file.");

    [Fact]
    public void Problems_NoServerUse_SaysSo()
    {
        var client = _silos.Sign("CN=silo", 24, request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("sheaf-silo");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([TestAuthority.ClientUse], false));
        });

        Only(
            client.Trusting(_silos, _clients),
            options => $"The certificate '{options.Certificate}' is not made for server and client use: have one made with the extended key usage serverAuth, clientAuth.");
    }

    [Fact]
    public void Problems_AnotherName_SaysSo() => Only(
        _silos.Silo("node1.example").Trusting(_silos, _clients),
        options => $"The certificate '{options.Certificate}' does not carry the DNS name 'sheaf-silo': have one made with it as subject alternative name, or set SiloName to the name that all silos' certificates carry.");

    [Fact]
    public void Problems_OneAuthorityForBoth_SaysSo() => Only(
        _silos.Silo().Trusting(_silos, _silos),
        options => $"'{options.SiloAuthority}' and '{options.ClientAuthority}' name the same authority: make one for silos and another for clients, or a client could be taken for a silo.");

    [Fact]
    public void Problems_AuditLogNowhere_SaysSo()
    {
        Assert.Equal(["The audit log 'audit.jsonl' is no full path: name a file on a volume that outlives the silo."], new AuditOptions { File = "audit.jsonl" }.Problems());
        Assert.Equal(["The folder of the audit log '/no/such/audit.jsonl' does not exist: make it, or mend the path."], new AuditOptions { File = "/no/such/audit.jsonl" }.Problems());
    }

    public void Dispose()
    {
        _silos.Dispose();
        _clients.Dispose();
    }

    private static void Only(TlsOptions options, Func<TlsOptions, string> problem) => Assert.Equal([problem(options)], options.Problems(TlsEnd.Silo));
}
