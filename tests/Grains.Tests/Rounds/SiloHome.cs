using System.Net;

namespace Sheaf.Grains.Tests.Rounds;

/// <summary>The silo on which a grain that is made by hand believes to live.</summary>
internal sealed class SiloHome : ILocalSiloDetails
{
    public string Name => SiloAddress.ToParsableString();

    public string ClusterId => "cluster";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, 1, 2);

    public SiloAddress GatewayAddress => SiloAddress;
}
