using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Sheaf.Abstractions.Security;

/// <summary>Lets a client talk to a cluster that listens on a network.</summary>
public static class ClientTls
{
    /// <summary>Dials silos with TLS and the client's certificate, goes on with none but silos, and proves with each call whose it is.</summary>
    /// <param name="client">The client.</param>
    /// <param name="tls">The certificates.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentException">They cannot be used; the message names all problems.</exception>
    public static IClientBuilder UseMutualTls(this IClientBuilder client, TlsOptions tls)
    {
        ArgumentNullException.ThrowIfNull(tls);
        tls.EnsureUsable(TlsEnd.Client);
        client.Services.AddTls(tls, TlsEnd.Client);
        client.Configure<ClientConnectionOptions>(options => options.ConfigureConnection(builder => builder.UseMiddleware(
            builder.ApplicationServices.TlsTo(ClusterPort.Gateway))));
        client.Services.AddSingleton<IOutgoingGrainCallFilter>(provider => new ClientTokenSource(
            provider.GetRequiredService<TlsCertificates>(), provider.GetRequiredService<IOptions<ClusterOptions>>(), provider.Clock()));
        return client;
    }

    /// <summary>Adds what both ends have.</summary>
    /// <param name="services">The end's services.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="end">Which end it is.</param>
    internal static void AddTls(this IServiceCollection services, TlsOptions tls, TlsEnd end)
    {
        services.AddSingleton(tls);
        services.AddSingleton(provider => new TlsCertificates(tls, end, provider.Clock(), provider.GetRequiredService<ILogger<TlsCertificates>>()));
        services.AddSingleton(provider => new Refusals(provider.Clock(), provider.GetRequiredService<ILogger<Refusals>>()));
    }

    /// <summary>What dials a port.</summary>
    /// <param name="provider">The end's services.</param>
    /// <param name="port">The port.</param>
    /// <returns>The middleware.</returns>
    internal static TlsOutbound TlsTo(this IServiceProvider provider, ClusterPort port) => new(
        provider.GetRequiredService<TlsCertificates>(),
        provider.GetRequiredService<TlsOptions>(),
        port,
        provider.GetRequiredService<Refusals>(),
        provider.Clock());

    /// <summary>The clock of an end.</summary>
    /// <param name="provider">The end's services.</param>
    /// <returns>The clock that is registered, or the machine's.</returns>
    internal static TimeProvider Clock(this IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;
}
