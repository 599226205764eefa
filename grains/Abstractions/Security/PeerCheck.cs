using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Abstractions.Security;

/// <summary>Whether a certificate is one of those that are trusted. Asks nobody: what was not sent along is not fetched.</summary>
internal static class PeerCheck
{
    /// <summary>The use of one who is dialled.</summary>
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>The use of one who dials.</summary>
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>What a chain is judged by.</summary>
    /// <param name="authority">The roots; no others are trusted, those of the machine neither.</param>
    /// <param name="use">What the certificate must be made for.</param>
    /// <param name="now">The time at which it must hold.</param>
    /// <returns>A policy of its own for each check.</returns>
    public static X509ChainPolicy Policy(X509Certificate2Collection authority, string use, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTimeIgnored = false,
            VerificationTime = now.UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(authority);
        policy.ApplicationPolicy.Add(new Oid(use));
        return policy;
    }

    /// <summary>Checks a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="intermediates">What came with it.</param>
    /// <param name="policy">What it is judged by; takes the intermediates in.</param>
    /// <returns>Why it is not trusted; null when it is.</returns>
    public static RefusalReason? Check(X509Certificate2 certificate, IEnumerable<X509Certificate2> intermediates, X509ChainPolicy policy)
    {
        policy.ExtraStore.AddRange(intermediates.ToArray());
        using var chain = new X509Chain { ChainPolicy = policy };
        return chain.Build(certificate) ? null : ReasonOf(chain);
    }

    /// <summary>Why a chain that was built is not trusted.</summary>
    /// <param name="chain">The chain.</param>
    /// <returns>The reason; null when it is trusted.</returns>
    public static RefusalReason? ReasonOf(X509Chain chain)
    {
        var flaws = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);
        return flaws switch
        {
            X509ChainStatusFlags.NoError => null,
            X509ChainStatusFlags.NotTimeValid => RefusalReason.Expired,
            X509ChainStatusFlags.NotValidForUsage => RefusalReason.Use,
            _ => RefusalReason.Untrusted,
        };
    }

    /// <summary>Whether a certificate carries a DNS name, exactly.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="name">The name.</param>
    /// <returns>Whether it is one of its alternative names; wildcards and the subject's common name do not count.</returns>
    public static bool HasName(X509Certificate2 certificate, string name) => certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false);
}
