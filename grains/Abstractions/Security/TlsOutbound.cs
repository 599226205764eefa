using System.Net.Security;
using System.Security.Authentication;
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
        var handshake = new SiloHandshake(certificates.Current, options.SiloName, time.GetUtcNow());
        var tls = new SslStream(new PipesStream(context.Transport), leaveInnerStreamOpen: false);
        using var patience = new CancellationTokenSource(options.HandshakeTimeout, time);
        try
        {
            await tls.AuthenticateAsClientAsync(handshake.Settings, patience.Token);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
        {
            var reason = handshake.Reason ?? (patience.IsCancellationRequested ? RefusalReason.Timeout : RefusalReason.Handshake);
            await tls.DisposeAsync();
            refusals.Add(port, reason, isDialled: true, context.RemoteEndPoint, exception.Message);
            throw new ConnectionAbortedException($"The silo at {context.RemoteEndPoint} was refused ({reason}): {exception.Message}", exception);
        }

        await TlsTransport.RunAsync(context, tls, tls, next);
    }
}
