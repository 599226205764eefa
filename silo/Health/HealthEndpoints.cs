using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sheaf.Abstractions.Security;
using Sheaf.Silo.Configuration;
using Sheaf.Silo.Hosting;

namespace Sheaf.Silo.Health;

/// <summary>What an orchestrator asks a silo. Neither question touches a grain or the database.</summary>
internal static class HealthEndpoints
{
    /// <summary>Whether the process answers at all: when it does not, it is to be started anew.</summary>
    public const string Live = "/health/live";

    /// <summary>Whether clients should be sent here.</summary>
    public const string Ready = "/health/ready";

    /// <summary>Maps both.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="settings">Who the silo is.</param>
    public static void MapHealth(this IEndpointRouteBuilder routes, SiloSettings settings)
    {
        routes.MapGet(Live, context => AnswerAsync(context, StatusCodes.Status200OK, "live"));
        routes.MapGet(Ready, context =>
        {
            var services = context.RequestServices;
            var isStopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;
            var certificates = services.GetService<TlsCertificates>();
            var status = services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.GetSiloStatus(services.GetRequiredService<ILocalSiloDetails>().SiloAddress);
            var trouble = services.GetRequiredService<AcceleratorHealth>().Lost is { } lost ? $"its accelerator {lost} computes no more"
                : isStopping ? "stopping"
                : status != SiloStatus.Active ? $"the cluster has it as {status}"
                : certificates?.Expires < services.GetRequiredService<TimeProvider>().GetUtcNow() ? $"its certificates ended at {certificates.Expires:u}; renew them"
                : null;
            return trouble is null
                ? AnswerAsync(context, StatusCodes.Status200OK, "ready")
                : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, trouble);
        });

        Task AnswerAsync(HttpContext context, int code, string answer)
        {
            context.Response.StatusCode = code;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync($"{settings.Cluster.Silo} of {settings.Cluster.Id}: {answer}\n", context.RequestAborted);
        }
    }
}
