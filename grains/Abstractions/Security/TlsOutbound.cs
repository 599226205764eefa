using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;

namespace Sheaf.Abstractions.Security;

/// <summary>Dials a silo: shows the own certificate, and goes on only with one that carries the name of a silo and is signed by the authority of silos.</summary>
/// <param name="certificates">The certificates.</param>
/// <param name="options">The name, and how long the silo may take.</param>
/// <param name="port">The port that is dialled.</param>
/// <param name="refusals">Counts those who are no silos.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsOutbound(TlsCertificates certificates, TlsOptions options, ClusterPort port, Refusals refusals, TimeProvider time) : IConnectionMiddleware
{
    /// <inheritdoc/>
    public async Task OnConnectionAsync(ConnectionContext context, ConnectionDelegate next)
    {
        RefusalReason? reason = null;
        var tls = new SslStream(new PipesStream(context.Transport), leaveInnerStreamOpen: false);
        try
        {
            using var patience = new CancellationTokenSource(options.HandshakeTimeout, time);
            await tls.AuthenticateAsClientAsync(Settings(), patience.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            reason ??= exception is OperationCanceledException ? RefusalReason.Timeout : RefusalReason.Handshake;
            await tls.DisposeAsync();
            refusals.Add(port, reason.Value, isDialled: true, context.RemoteEndPoint, exception.Message);
            throw new ConnectionAbortedException($"The silo at {context.RemoteEndPoint} was refused ({reason}): {exception.Message}", exception);
        }

        await TlsTransport.RunAsync(context, tls, tls, next);

        bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            reason = ReasonOf(certificate as X509Certificate2, chain);
            return reason is null;
        }

        SslClientAuthenticationOptions Settings()
        {
            var own = certificates.Current;
            return new()
            {
                TargetHost = options.SiloName,
                ClientCertificateContext = own.Context,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = PeerCheck.Policy(own.SiloAuthority, PeerCheck.ServerUse, time.GetUtcNow()),
                RemoteCertificateValidationCallback = Check,
                AllowRenegotiation = false,
                AllowTlsResume = false,
            };
        }
    }

    private RefusalReason? ReasonOf(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null || chain is null)
        {
            return RefusalReason.NoCertificate;
        }

        return PeerCheck.ReasonOf(chain) ?? (PeerCheck.HasName(certificate, options.SiloName) ? null : RefusalReason.Name);
    }
}
