using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Someone on the network who is no Orleans at all.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpClient _socket = new();
    private SslStream? _tls;

    private RawPeer()
    {
    }

    private Stream Stream => _tls ?? (Stream)_socket.GetStream();

    /// <summary>The SHA-1 of the certificate that the other end has shown.</summary>
    public string Shown => ((X509Certificate2)_tls!.RemoteCertificate!).Thumbprint;

    /// <summary>Opens a socket.</summary>
    public static async Task<RawPeer> ConnectAsync(int port)
    {
        var peer = new RawPeer();
        await peer._socket.ConnectAsync(IPAddress.Loopback, port);
        return peer;
    }

    /// <summary>Opens a socket and speaks TLS on it, trusting anybody; the other end's refusal comes with the first read.</summary>
    public static async Task<RawPeer> ConnectAsync(int port, Signed? certificate, SslProtocols protocols = SslProtocols.None)
    {
        var peer = await ConnectAsync(port);
        peer._tls = new SslStream(peer._socket.GetStream());
        await peer._tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "anything",
            EnabledSslProtocols = protocols,
            ClientCertificates = certificate is null ? null : [X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key)],
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
        return peer;
    }

    public async Task SayAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes);

    /// <summary>Reads until the other end closes, which it must.</summary>
    public async Task ClosedAsync()
    {
        using var patience = new CancellationTokenSource(Fixtures.SheafCluster.Patience);
        var buffer = new byte[1024];
        try
        {
            while (await Stream.ReadAsync(buffer, patience.Token) > 0)
            {
                // What is said before closing does not matter.
            }
        }
        catch (IOException)
        {
            // Closed harshly.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        _socket.Dispose();
    }
}
