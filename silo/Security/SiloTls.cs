using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Security;

/// <summary>Lets a silo listen on a network.</summary>
public static class SiloTls
{
    /// <summary>
    /// Speaks TLS on both ports, goes on with silos and clients of the right authorities only, lets clients call what their roles open, and writes to the audit
    /// log what must be. Without it a silo must listen on loopback only. The certificates in force are registered as <see cref="TlsCertificates"/>.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="audit">The audit log.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">They cannot be used; the message names all problems.</exception>
    public static ISiloBuilder UseMutualTls(this ISiloBuilder silo, TlsOptions tls, AuditOptions audit)
    {
        ArgumentNullException.ThrowIfNull(tls);
        ArgumentNullException.ThrowIfNull(audit);
        if (tls.Problems(TlsEnd.Silo).Concat(audit.Problems()).ToArray() is { Length: > 0 } problems)
        {
            throw new ArgumentException($"TLS cannot be used like this. {string.Join(" ", problems)}");
        }

        silo.Services.AddTls(tls, TlsEnd.Silo);
        silo.Configure<SiloConnectionOptions>(options =>
        {
            options.ConfigureSiloInboundConnection(builder => builder.UseMiddleware(TlsOn(builder.ApplicationServices, ClusterPort.Silo)));
            options.ConfigureSiloOutboundConnection(builder => builder.UseMiddleware(builder.ApplicationServices.TlsTo(ClusterPort.Silo)));
            options.ConfigureGatewayInboundConnection(builder => builder.UseMiddleware(TlsOn(builder.ApplicationServices, ClusterPort.Gateway)));
        });
        silo.Services.AddSingleton(new AuditLog(audit));
        silo.Services.AddSingleton(provider => new ClientTokens(
            provider.GetRequiredService<TlsCertificates>(), provider.GetRequiredService<IOptions<ClusterOptions>>(), provider.Clock()));
        silo.Services.AddSingleton<IIncomingGrainCallFilter>(provider => new ClientCallFilter(
            provider.GetRequiredService<ClientTokens>(),
            provider.GetRequiredService<AuditLog>(),
            provider.GetRequiredService<ILocalSiloDetails>(),
            provider.Clock(),
            provider.GetRequiredService<ILogger<ClientCallFilter>>()));
        return silo;
    }

    private static TlsInbound TlsOn(IServiceProvider provider, ClusterPort port) => new(
        provider.GetRequiredService<TlsCertificates>(),
        provider.GetRequiredService<TlsOptions>(),
        port,
        provider.GetRequiredService<Refusals>(),
        provider.Clock());
}
