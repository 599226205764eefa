using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;

namespace Sheaf.Abstractions.Security;

/// <summary>Lets a connection go on inside TLS, once the peer is known.</summary>
internal static class TlsTransport
{
    // As much as one record of TLS holds.
    private const int BufferBytes = 16 * 1024;

    /// <summary>Runs the rest of a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="tls">The stream after its handshake; closed at the end.</param>
    /// <param name="reading">What is read from: the stream itself, or one that watches it.</param>
    /// <param name="next">The rest.</param>
    /// <returns>When the connection has ended.</returns>
    public static async Task RunAsync(ConnectionContext connection, SslStream tls, Stream reading, ConnectionDelegate next)
    {
        var plain = connection.Transport;
        var pipes = new Pipes(
            PipeReader.Create(reading, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true)),
            PipeWriter.Create(tls, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes, leaveOpen: true)));
        try
        {
            connection.Transport = pipes;
            await next(connection);
        }
        finally
        {
            connection.Transport = plain;
            await CloseAsync(tls, pipes);
        }
    }

    private static async Task CloseAsync(SslStream tls, Pipes pipes)
    {
        try
        {
            await pipes.Input.CompleteAsync();
            await pipes.Output.CompleteAsync();
            await tls.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone: the connection ends all the same.
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
