namespace Sheaf.Abstractions.Security;

/// <summary>Why a connection was refused.</summary>
internal enum RefusalReason
{
    /// <summary>The peer spoke without TLS.</summary>
    Plaintext,

    /// <summary>The peer has shown no certificate.</summary>
    NoCertificate,

    /// <summary>The certificate is not signed by the authority of the port.</summary>
    Untrusted,

    /// <summary>The certificate holds no more, or not yet.</summary>
    Expired,

    /// <summary>The certificate is made for another use.</summary>
    Use,

    /// <summary>The certificate lacks the name of a silo.</summary>
    Name,

    /// <summary>The certificate of a client gives no role.</summary>
    Role,

    /// <summary>The peer did not say in time who it is.</summary>
    Timeout,

    /// <summary>The two could not agree, or the peer refused in its turn.</summary>
    Handshake,

    /// <summary>A client spoke in the name of a grain or a silo.</summary>
    Forged,
}
