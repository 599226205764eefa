using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;
using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Security;

/// <summary>
/// Lets in who has a certificate of the port's authority: on the port for silos that of silos, with their name; on the gateway that of clients, with some role, who are held to speaking
/// for themselves (<see cref="GatewayFrames"/>). Others are closed out and counted.
/// </summary>
/// <param name="certificates">The certificates.</param>
/// <param name="options">The silos' name, and how long a peer may take.</param>
/// <param name="port">Which port.</param>
/// <param name="refusals">Counts those who are not let in.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsInbound(TlsCertificates certificates, TlsOptions options, ClusterPort port, Refusals refusals, TimeProvider time) : IConnectionMiddleware
{
    // The first byte of every TLS conversation: a record of a handshake.
    private const byte HandshakeRecord = 22;

    /// <inheritdoc/>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var tls = await ShakeHandsAsync(context);
        if (tls is null)
        {
            return;
        }

        await TlsTransport.RunAsync(context, tls, port == ClusterPort.Gateway ? new GatewayStream(tls, OnForged) : tls, next);

        void OnForged(ForgedSenderException exception) =>
            refusals.Add(port, RefusalReason.Forged, isDialled: false, context.RemoteEndPoint, exception.Message);
    }

    /// <summary>Finds out who is there.</summary>
    /// <returns>The stream to go on with; null when the peer was refused, or has gone without a word, as load balancers and probes do.</returns>
    private async Task<SslStream?> ShakeHandsAsync(ConnectionContext context)
    {
        RefusalReason? reason = null;
        var tls = new SslStream(new PipesStream(context.Transport), leaveInnerStreamOpen: false);
        using var patience = new CancellationTokenSource(options.HandshakeTimeout, time);
        try
        {
            switch (await FirstByteAsync(context, patience.Token))
            {
                case null:
                    return null;
                case HandshakeRecord:
                    await tls.AuthenticateAsServerAsync(Settings(), patience.Token);
                    return tls;
                default:
                    Refuse(RefusalReason.Plaintext, "its first byte begins no handshake");
                    return null;
            }
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            Refuse(reason ?? (patience.IsCancellationRequested ? RefusalReason.Timeout : RefusalReason.Handshake), exception.Message);
            await tls.DisposeAsync();
            return null;
        }

        void Refuse(RefusalReason why, string detail)
        {
            refusals.Add(port, why, isDialled: false, context.RemoteEndPoint, detail);
            context.Abort(new ConnectionAbortedException($"The peer was refused ({why})."));
        }

        bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            reason = ReasonOf(certificate as X509Certificate2, chain);
            return reason is null;
        }

        SslServerAuthenticationOptions Settings()
        {
            var own = certificates.Current;
            var authority = port == ClusterPort.Silo ? own.SiloAuthority : own.ClientAuthority;
            return new()
            {
                ServerCertificateContext = own.Context,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = PeerCheck.Policy(authority, PeerCheck.ClientUse, time.GetUtcNow()),
                RemoteCertificateValidationCallback = Check,
                AllowRenegotiation = false,
                // Whoever comes again is looked at again: certificates end.
                AllowTlsResume = false,
            };
        }
    }

    private static async Task<byte?> FirstByteAsync(ConnectionContext context, CancellationToken cancellationToken)
    {
        try
        {
            var input = context.Transport.Input;
            var read = await input.ReadAsync(cancellationToken);
            byte? first = new SequenceReader<byte>(read.Buffer).TryPeek(out var value) ? value : null;
            input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (IOException)
        {
            // Gone, and not politely.
            return null;
        }
    }

    private RefusalReason? ReasonOf(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null || chain is null)
        {
            return RefusalReason.NoCertificate;
        }

        return PeerCheck.ReasonOf(chain)
            ?? (port == ClusterPort.Silo && !PeerCheck.HasName(certificate, options.SiloName) ? RefusalReason.Name
                // Even a call that is refused wakes a grain: who may call nothing is kept out.
                : port == ClusterPort.Gateway && CertificateRoles.Of(certificate) == AccessRole.None ? RefusalReason.Role
                : null);
    }
}
