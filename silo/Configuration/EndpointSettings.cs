using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Sheaf.Silo.Configuration;

/// <summary>Where a silo listens.</summary>
public sealed record EndpointSettings
{
    /// <summary>Its address, under which the others reach it.</summary>
    [Description("The IP address on which it listens and under which the others reach it; on Kubernetes the pod's.")]
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The port for silos.</summary>
    [Description("The port for the other silos.")]
    [Range(1, 65535)]
    public int SiloPort { get; init; } = 11111;

    /// <summary>The port for clients.</summary>
    [Description("The port for clients: the one that 'sheaf … --cluster' names.")]
    [Range(1, 65535)]
    public int GatewayPort { get; init; } = 30000;

    /// <summary>The port for probes.</summary>
    [Description("The port of /health/live and /health/ready.")]
    [Range(1, 65535)]
    public int HealthPort { get; init; } = 8080;

    /// <summary>Whether it may listen on a network without certificates.</summary>
    [Description("Whether it may listen on a network without certificates. Whoever reaches its ports can then read, train and erase everything.")]
    public bool AllowAnyoneOnTheNetwork { get; init; }

    /// <summary>Its address, parsed.</summary>
    internal IPAddress IPAddress => IPAddress.Parse(Address);

    internal IEnumerable<string> Problems(bool hasCertificates)
    {
        if (!IPAddress.TryParse(Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return $"Endpoints:Address is '{Address}': it must be the one IP address under which the other silos reach this one, such as 127.0.0.1 or 10.0.0.7.";
        }
        else if (!IPAddress.IsLoopback(address) && !hasCertificates && !AllowAnyoneOnTheNetwork)
        {
            yield return $"Endpoints:Address is {Address}, which others can reach, and there are no certificates: anybody could read, train and erase. "
                + "Name certificates (Tls:Certificate, Tls:Key, Tls:SiloAuthority, Tls:ClientAuthority), or, on a network that nobody else is on, set Endpoints:AllowAnyoneOnTheNetwork to true.";
        }

        if (new[] { SiloPort, GatewayPort, HealthPort }.Distinct().Count() < 3)
        {
            yield return $"Endpoints:SiloPort {SiloPort}, GatewayPort {GatewayPort} and HealthPort {HealthPort} must be three different ports.";
        }
    }
}
