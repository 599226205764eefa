using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>An authority that signs certificates and puts them into files.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid ClientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2 _root;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-authority-");
    private int _files;

    public TestAuthority(string name, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), until ?? DateTimeOffset.UtcNow.AddDays(10));
        File = Write(_root.ExportCertificatePem());
    }

    /// <summary>The authority's own certificate.</summary>
    public string File { get; }

    /// <summary>What a silo shows.</summary>
    public Signed Silo(string name = "sheaf-silo", int hoursLeft = 24, AsymmetricAlgorithm? key = null) =>
        Sign("CN=silo", hoursLeft, request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerUse, ClientUse], false));
        }, key);

    /// <summary>What a client shows whose subject has the given organizational units.</summary>
    public Signed Client(string units, int hoursLeft = 24, AsymmetricAlgorithm? key = null) => Sign(
        "CN=ann" + string.Concat(units.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(unit => $", OU=sheaf-{unit}")),
        hoursLeft,
        request => request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ClientUse], false)),
        key);

    public Signed Sign(string subject, int hoursLeft, Action<CertificateRequest> extend, AsymmetricAlgorithm? key = null)
    {
        using var own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        return Sign(new X500DistinguishedName(subject), hoursLeft, extend, key ?? own!);
    }

    /// <summary>Signs a certificate that began five days ago.</summary>
    public Signed Sign(X500DistinguishedName subject, int hoursLeft, Action<CertificateRequest> extend, AsymmetricAlgorithm key)
    {
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        extend(request);
        var generator = X509SignatureGenerator.CreateForECDsa(_root.GetECDsaPrivateKey()!);
        using var certificate = request.Create(
            _root.SubjectName, generator, DateTimeOffset.UtcNow.AddDays(-5), DateTimeOffset.UtcNow.AddHours(hoursLeft), RandomNumberGenerator.GetBytes(8));
        return new Signed(Write(certificate.ExportCertificatePem()), Write(key.ExportPkcs8PrivateKeyPem()));
    }

    public string Write(string text)
    {
        var file = Path.Combine(_folder.FullName, $"{_files++}.pem");
        System.IO.File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>The files of a certificate and its key.</summary>
internal sealed record Signed(string Certificate, string Key)
{
    /// <summary>What this one uses who trusts the given authorities.</summary>
    public TlsOptions Trusting(TestAuthority silos, TestAuthority? clients = null) => new()
    {
        Certificate = Certificate,
        Key = Key,
        SiloAuthority = silos.File,
        ClientAuthority = clients?.File,
        ReloadInterval = TimeSpan.Zero,
    };

    /// <summary>Overwrites these files with others.</summary>
    public void Become(Signed other)
    {
        File.Copy(other.Key, Key, overwrite: true);
        File.Copy(other.Certificate, Certificate, overwrite: true);
    }
}
