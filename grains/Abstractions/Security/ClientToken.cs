using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sheaf.Abstractions.Security;

/// <summary>
/// What a client says with each call: for a cluster and a short while, signed with the key of its certificate, which it holds. A call passes from silo to silo,
/// so the connection alone does not tell whose it is.
/// </summary>
/// <param name="ClusterId">The cluster it is for.</param>
/// <param name="IssuedAt">When it was signed, to the second.</param>
/// <param name="ExpiresAt">Until when it holds, to the second.</param>
/// <param name="Certificates">The client's certificate, then those between it and its authority, as DER.</param>
internal sealed record ClientToken(string ClusterId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, IReadOnlyList<byte[]> Certificates)
{
    /// <summary>The key of a request's context that it travels under, as bytes.</summary>
    public const string ContextKey = "sheaf.client";

    /// <summary>How long one holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const byte Version = 1;
    private const int BytesMax = 32 * 1024;
    private const int CertificatesMax = 6;

    // What is signed begins with words that nothing else begins with, so that no other signature of the key can be taken for one of these.
    private static readonly byte[] Domain = "sheaf client token\n"u8.ToArray();

    /// <summary>Signs it.</summary>
    /// <param name="certificate">The client's certificate with its key.</param>
    /// <returns>Its bytes.</returns>
    public byte[] Sign(X509Certificate2 certificate)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        writer.Write(ClusterId);
        writer.Write(IssuedAt.ToUnixTimeSeconds());
        writer.Write(ExpiresAt.ToUnixTimeSeconds());
        writer.Write((byte)Certificates.Count);
        foreach (var der in Certificates)
        {
            writer.Write(der.Length);
            writer.Write(der);
        }

        writer.Flush();
        writer.Write(Signature(certificate, stream.ToArray()));
        return stream.ToArray();
    }

    /// <summary>Takes one apart, without believing any of it.</summary>
    /// <param name="bytes">What a client sent.</param>
    /// <param name="signedBytes">How many of them are signed; the rest is the signature.</param>
    /// <returns>What it says; null when it is no token.</returns>
    public static ClientToken? Parse(byte[] bytes, out int signedBytes)
    {
        signedBytes = 0;
        if (bytes.Length > BytesMax)
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            if (reader.ReadByte() != Version)
            {
                return null;
            }

            var clusterId = reader.ReadString();
            var issuedAt = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
            var expiresAt = DateTimeOffset.FromUnixTimeSeconds(reader.ReadInt64());
            var certificates = new byte[reader.ReadByte()][];
            if (certificates.Length is 0 or > CertificatesMax)
            {
                return null;
            }

            for (var i = 0; i < certificates.Length; i++)
            {
                var length = reader.ReadInt32();
                certificates[i] = length is > 0 and <= BytesMax ? reader.ReadBytes(length) : [];
            }

            signedBytes = (int)reader.BaseStream.Position;
            return new ClientToken(clusterId, issuedAt, expiresAt, certificates);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether the key of a certificate has signed some bytes.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="signed">The bytes.</param>
    /// <param name="signature">The signature.</param>
    /// <returns>Whether it has.</returns>
    public static bool IsSignedBy(X509Certificate2 certificate, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        byte[] text = [.. Domain, .. signed];
        using var curve = certificate.GetECDsaPublicKey();
        using var rsa = certificate.GetRSAPublicKey();
        return curve?.VerifyData(text, signature, HashAlgorithmName.SHA256)
            ?? rsa?.VerifyData(text, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            ?? false;
    }

    private static byte[] Signature(X509Certificate2 certificate, byte[] signed)
    {
        byte[] text = [.. Domain, .. signed];
        using var curve = certificate.GetECDsaPrivateKey();
        using var rsa = certificate.GetRSAPrivateKey();
        return curve?.SignData(text, HashAlgorithmName.SHA256)
            ?? rsa?.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            ?? throw new InvalidOperationException($"The key of '{certificate.Subject}' is neither RSA nor of an elliptic curve: have a certificate made with one of these.");
    }
}
