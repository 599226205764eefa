using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sheaf.Abstractions.Security;

/// <summary>Tells before a client starts whether a silo would let it in: a client that is kept out tries again for minutes and never learns why.</summary>
public static class GatewayProbe
{
    // A silo that lets a client in waits for it to speak; one that does not has closed by then.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    /// <summary>Dials a gateway, and says nothing.</summary>
    /// <param name="tls">The client's certificates.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What keeps the client out, and the remedy; null when nothing does.</returns>
    /// <exception cref="ArgumentException">The certificates cannot be used; the message names all problems.</exception>
    public static async Task<string?> DialAsync(TlsOptions tls, EndPoint gateway, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tls);
        tls.EnsureUsable(TlsEnd.Client);
        var own = new TlsCertificates(tls, TlsEnd.Client, TimeProvider.System, NullLogger<TlsCertificates>.Instance).Current;
        var handshake = new SiloHandshake(own, tls.SiloName, TimeProvider.System.GetUtcNow());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(tls.HandshakeTimeout);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(gateway, patience.Token);
            await using var stream = new SslStream(new NetworkStream(socket));
            await stream.AuthenticateAsClientAsync(handshake.Settings, patience.Token);
            return await IsKeptOutAsync(stream, cancellationToken)
                ? $"The silo at {gateway} does not let in '{own.Certificate.Subject}': have the certificate '{tls.Certificate}' signed by the cluster's authority of clients, for client use and with a role among its organizational units; the silo's log says more."
                : null;
        }
        catch (SocketException exception)
        {
            return $"No silo can be reached at {gateway}: {exception.Message}. See whether it runs, and whether this is the address and port of its gateway.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"Whoever is at {gateway} did not answer within {tls.HandshakeTimeout.TotalSeconds:0.#} seconds: see whether this is the address and port of a silo's gateway.";
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return Flaw(handshake.Reason, tls, gateway, exception.Message);
        }
    }

    private static string Flaw(RefusalReason? reason, TlsOptions tls, EndPoint gateway, string detail) => reason switch
    {
        RefusalReason.Name => $"The certificate of {gateway} does not carry the name '{tls.SiloName}': set SiloName to the name that the cluster's silos carry, or see who listens there.",
        RefusalReason.Expired => $"The certificate of {gateway} is out of date, or this machine's clock is wrong: have it renewed.",
        { } => $"The certificate of {gateway} is not one that '{tls.SiloAuthority}' has signed for a silo: name the cluster's authority of silos, or see who listens there.",
        null => $"No TLS can be agreed on with {gateway}: {detail.TrimEnd('.')}. See whether it is the gateway of a silo that has certificates.",
    };

    private static async Task<bool> IsKeptOutAsync(SslStream stream, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(Silence);
        try
        {
            return await stream.ReadAsync(new byte[1], silence.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
