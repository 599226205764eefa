using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sheaf.Client.Naming;
using Sheaf.Client.Running;

namespace Sheaf.Client.Clusters;

/// <summary>Where a cluster is: its name and the silos that take clients, as <c>[NAME@]HOST[:PORT][,HOST[:PORT]…]</c>.</summary>
/// <param name="Id">The cluster's name.</param>
/// <param name="Gateways">Hosts with their ports, at least one.</param>
/// <param name="Tls">The folder of the client's certificate, which the address as text does not have; null for a cluster without certificates.</param>
internal sealed record ClusterAddress(string Id, IReadOnlyList<DnsEndPoint> Gateways, string? Tls = null)
{
    private const string DefaultId = "sheaf";
    private const int DefaultPort = 30000;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <returns>The address.</returns>
    /// <exception cref="RunFailedException">It is none.</exception>
    public static ClusterAddress Parse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var gateways = text[(at + 1)..].Split(',', StringSplitOptions.TrimEntries).Select(ParseGateway).ToArray();
        return at != 0 && gateways.All(gateway => gateway is not null)
            ? new ClusterAddress(at > 0 ? text[..at] : DefaultId, gateways!)
            : throw new RunFailedException($"'{Quoting.Shorten(text)}' is no address of a cluster. Write [NAME@]HOST[:PORT], for example {DefaultId}@127.0.0.1:{DefaultPort}; several hosts with commas.");
    }

    /// <summary>Looks its hosts up.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>Every address that the hosts have now.</returns>
    /// <exception cref="RunFailedException">A host is not known.</exception>
    public async Task<IPEndPoint[]> ResolveAsync(CancellationToken cancellationToken)
    {
        var found = new List<IPEndPoint>();
        foreach (var gateway in Gateways)
        {
            try
            {
                found.AddRange((await Dns.GetHostAddressesAsync(gateway.Host, cancellationToken)).Select(address => new IPEndPoint(address, gateway.Port)));
            }
            catch (SocketException exception)
            {
                throw new RunFailedException($"The host '{gateway.Host}' of the cluster is not known here ({exception.Message}). Check --cluster and this machine's name service.");
            }
        }

        return [.. found.Distinct()];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Id}@{string.Join(',', Gateways.Select(gateway => string.Create(CultureInfo.InvariantCulture, $"{(gateway.Host.Contains(':', StringComparison.Ordinal) ? $"[{gateway.Host}]" : gateway.Host)}:{gateway.Port}")))}";

    private static DnsEndPoint? ParseGateway(string text) =>
        Uri.TryCreate($"sheaf://{text}", UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, UserInfo: "", PathAndQuery: "/" or "", Fragment: "" }
            ? new DnsEndPoint(uri.DnsSafeHost, uri.IsDefaultPort || uri.Port < 0 ? DefaultPort : uri.Port)
            : null;
}
