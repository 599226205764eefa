using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Abstractions.Security;

/// <summary>The texts of the files that <see cref="TlsOptions"/> name, at one moment. Equal when nothing has changed.</summary>
/// <param name="Certificate">The certificate with those between; null when the file cannot be read, as with the others.</param>
/// <param name="Key">The private key.</param>
/// <param name="SiloAuthority">The authority of silos.</param>
/// <param name="ClientAuthority">The authority of clients.</param>
internal sealed record TlsFiles(string? Certificate, string? Key, string? SiloAuthority, string? ClientAuthority)
{
    /// <summary>Reads the files.</summary>
    /// <param name="options">Which.</param>
    /// <returns>What is in them.</returns>
    public static TlsFiles Read(TlsOptions options) =>
        new(TextOf(options.Certificate), TextOf(options.Key), TextOf(options.SiloAuthority), TextOf(options.ClientAuthority));

    /// <summary>Makes something of the texts.</summary>
    /// <param name="options">Where they are from.</param>
    /// <param name="end">Who needs them.</param>
    /// <param name="now">The time at which certificates must hold.</param>
    /// <param name="problems">Takes what is wrong, all of it.</param>
    /// <returns>The identity; null when something is wrong.</returns>
    public TlsIdentity? Parse(TlsOptions options, TlsEnd end, DateTimeOffset now, List<string> problems)
    {
        var before = problems.Count;
        var chain = Certificates("certificate", options.Certificate, Certificate, problems);
        var silos = Authority("authority of silos", options.SiloAuthority, SiloAuthority, now, problems);
        var clients = options.ClientAuthority is null && end == TlsEnd.Client
            ? []
            : Authority("authority of clients", options.ClientAuthority, ClientAuthority, now, problems);
        if (silos.Select(root => root.Thumbprint).Intersect(clients.Select(root => root.Thumbprint)).Any())
        {
            problems.Add($"'{options.SiloAuthority}' and '{options.ClientAuthority}' name the same authority: make one for silos and another for clients, or a client could be taken for a silo.");
        }

        if (chain.Count > 0)
        {
            CheckOwn(options, end, chain, end == TlsEnd.Silo ? silos : clients, now, problems);
        }

        var certificate = WithKey(options, chain.Count > 0 ? chain[0] : null, problems);
        if (problems.Count > before)
        {
            return null;
        }

        chain.RemoveAt(0);
        return new TlsIdentity(certificate!, chain, SslStreamCertificateContext.Create(certificate!, chain, offline: true), silos, clients);
    }

    /// <summary>Says nothing of what is in them: one is secret.</summary>
    /// <returns>A fixed text.</returns>
    public override string ToString() => nameof(TlsFiles);

    private static string? TextOf(string? file)
    {
        try
        {
            return string.IsNullOrEmpty(file) ? null : File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static X509Certificate2Collection Certificates(string what, string? file, string? text, List<string> problems)
    {
        var certificates = new X509Certificate2Collection();
        if (string.IsNullOrEmpty(file))
        {
            problems.Add($"The {what} is not named: name a PEM file.");
            return certificates;
        }

        if (text is null)
        {
            problems.Add($"The {what} '{file}' {(File.Exists(file) ? "cannot be read: mend its permissions" : "does not exist: mend the path, or make the file")}.");
            return certificates;
        }

        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            // Told below, as a file without any certificate is.
            certificates.Clear();
        }

        if (certificates.Count == 0)
        {
            problems.Add($"The {what} '{file}' holds no certificate that can be read: it must be a PEM file with 'BEGIN CERTIFICATE'.");
        }

        return certificates;
    }

    private static X509Certificate2Collection Authority(string what, string? file, string? text, DateTimeOffset now, List<string> problems)
    {
        var roots = Certificates(what, file, text, problems);
        foreach (var root in roots.Where(root => !root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData)))
        {
            problems.Add($"'{root.Subject}' in the {what} '{file}' is signed by another: put that one there, and this one into the files of the certificates it signs.");
        }

        if (roots.Count > 0 && roots.All(root => !IsValid(root, now)))
        {
            problems.Add($"The {what} '{file}' is valid {Span(roots[^1])} only: make a new one, and keep both in the file while certificates of the old one are in use.");
        }

        return roots;
    }

    private static void CheckOwn(
        TlsOptions options, TlsEnd end, X509Certificate2Collection chain, X509Certificate2Collection authority, DateTimeOffset now, List<string> problems)
    {
        var (own, file) = (chain[0], options.Certificate);
        if (!IsValid(own, now))
        {
            problems.Add($"The certificate '{file}' is valid {Span(own)} only: have it renewed.");
            return;
        }

        if (end == TlsEnd.Silo && !PeerCheck.HasName(own, options.SiloName))
        {
            problems.Add($"The certificate '{file}' does not carry the DNS name '{options.SiloName}': have one made with it as subject alternative name, or set SiloName to the name that all silos' certificates carry.");
        }

        string[] uses = end == TlsEnd.Silo ? [PeerCheck.ServerUse, PeerCheck.ClientUse] : [PeerCheck.ClientUse];
        var flaws = authority.Count == 0
            ? []
            : uses.Select(use => PeerCheck.Check(own, chain.Skip(1), PeerCheck.Policy(authority, use, now))).OfType<RefusalReason>().Distinct().ToArray();
        if (flaws is [RefusalReason.Use, ..])
        {
            problems.Add($"The certificate '{file}' is not made for {(end == TlsEnd.Silo ? "server and client use" : "client use")}: have one made with the extended key usage {(end == TlsEnd.Silo ? "serverAuth, clientAuth" : "clientAuth")}.");
        }
        else if (flaws.Length > 0)
        {
            problems.Add($"The certificate '{file}' is not signed by '{(end == TlsEnd.Silo ? options.SiloAuthority : options.ClientAuthority)}': have it signed by that authority, and put those between the two into its file.");
        }
    }

    private X509Certificate2? WithKey(TlsOptions options, X509Certificate2? certificate, List<string> problems)
    {
        var file = options.Key;
        if (Key is null)
        {
            problems.Add(string.IsNullOrEmpty(file)
                ? "The key is not named: name a PEM file."
                : $"The key '{file}' {(File.Exists(file) ? "cannot be read: mend its permissions" : "does not exist: mend the path, or make the file")}.");
            return null;
        }

        if (Key.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal) || !Key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            problems.Add($"The key '{file}' holds no private key that can be read: it must be a PEM file with 'BEGIN PRIVATE KEY', not encrypted.");
            return null;
        }

        try
        {
            return certificate is null ? null : X509Certificate2.CreateFromPem(Certificate, Key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            problems.Add($"The key '{file}' is not that of the certificate '{options.Certificate}': name the two that were made together.");
            return null;
        }
    }

    private static bool IsValid(X509Certificate2 certificate, DateTimeOffset now) =>
        certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime && now.UtcDateTime <= certificate.NotAfter.ToUniversalTime();

    private static string Span(X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture, $"from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
}
