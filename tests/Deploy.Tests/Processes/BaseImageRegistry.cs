using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sheaf.Deploy.Tests.Processes;

/// <summary>A registry of one image with one empty layer, in the place of the one that has ASP.NET's.</summary>
internal sealed class BaseImageRegistry : IDisposable
{
    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _blobs = [];
    private readonly byte[] _manifest;

    public BaseImageRegistry()
    {
        var (layer, unpacked) = Layer();
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Env = new[] { "PATH=/usr/bin" } },
            rootfs = new { type = "layers", diff_ids = new[] { unpacked } },
            history = new[] { new { created_by = "a test" } },
        });
        _manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = Manifest,
            config = Describe("application/vnd.docker.container.image.v1+json", config),
            layers = new[] { Describe("application/vnd.docker.image.rootfs.diff.tar.gzip", layer) },
        });
        Host = $"localhost:{FreePort()}";
        _listener.Prefixes.Add($"http://{Host}/");
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Its address.</summary>
    public string Host { get; }

    public void Dispose() => _listener.Close();

    private static (byte[] Packed, string Unpacked) Layer()
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "base/"));
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain.ToArray());
        }

        return (packed.ToArray(), DigestOf(plain.ToArray()));
    }

    private object Describe(string type, byte[] blob)
    {
        _blobs[DigestOf(blob)] = blob;
        return new { mediaType = type, size = blob.Length, digest = DigestOf(blob) };
    }

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // Closed, or left by whoever asked.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        var isManifest = path.Contains("/manifests/", StringComparison.Ordinal);
        var found = isManifest ? _manifest : _blobs.GetValueOrDefault(path.Split('/')[^1]);
        var response = context.Response;
        response.StatusCode = found is null ? 404 : 200;
        response.ContentType = isManifest ? Manifest : "application/octet-stream";
        response.ContentLength64 = found?.Length ?? 0;
        if (found is not null && context.Request.HttpMethod != "HEAD")
        {
            await response.OutputStream.WriteAsync(found);
        }

        response.Close();
    }
}
