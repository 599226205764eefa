using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Sheaf.Abstractions.Devices;
using Sheaf.Abstractions.Security;

namespace Sheaf.Silo.Security;

/// <summary>
/// Lets clients call what is open to clients, each as far as its roles go, and writes what must be audited to the audit log. Calls among grains and from within a
/// silo pass; that no client passes for one of these is the gateway's to see to (<see cref="GatewayFrames"/>).
/// </summary>
/// <param name="tokens">Finds out who calls.</param>
/// <param name="audit">The audit log.</param>
/// <param name="silo">This silo, for the audit log.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes what is told.</param>
internal sealed partial class ClientCallFilter(ClientTokens tokens, AuditLog audit, ILocalSiloDetails silo, TimeProvider time, ILogger<ClientCallFilter> logger)
    : IIncomingGrainCallFilter
{
    /// <summary>The name of the counter of refused calls, with the tag <c>reason</c> (unknown, closed, role).</summary>
    public const string CounterName = "sheaf.calls.refused";

    // How a client learns which silo has which grains; nothing of Sheaf is in it.
    private const string Manifest = "Orleans.Runtime.IClusterManifestSystemTarget";

    private static readonly Meter Meter = new("Sheaf");
    private static readonly Counter<long> Counter = Meter.CreateCounter<long>(CounterName, "{call}", "Calls by clients that were refused.");

    private readonly ConcurrentDictionary<MethodInfo, RequiresRoleAttribute?> _required = new();
    private readonly LogPauses<(string Reason, string Call)> _pauses = new(time);

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (!IsRemoteClient(context.SourceId))
        {
            await context.Invoke();
            return;
        }

        // A token is for this call, not for those that the grain makes because of it.
        var token = RequestContext.Get(ClientToken.ContextKey);
        RequestContext.Remove(ClientToken.ContextKey);
        if (context.InterfaceMethod?.DeclaringType?.FullName == Manifest)
        {
            await context.Invoke();
            return;
        }

        var required = context.InterfaceMethod is { } method ? _required.GetOrAdd(method, RequirementOf) : null;
        var client = Admit(context, token, required);
        await (required!.IsAudited ? InvokeAuditedAsync(context, client, required.Role) : context.Invoke());
    }

    /// <summary>Whether a call came in from a client on the network.</summary>
    /// <param name="source">Who calls.</param>
    /// <returns>Whether it is a client that no silo hosts itself.</returns>
    internal static bool IsRemoteClient(GrainId? source) =>
        source is { } id && id.IsClient() && !id.Key.AsSpan().StartsWith("hosted-"u8);

    private static RequiresRoleAttribute? RequirementOf(MethodInfo method) =>
        method.DeclaringType?.Assembly == typeof(RequiresRoleAttribute).Assembly ? method.GetCustomAttribute<RequiresRoleAttribute>() : null;

    private static string NameOf(IIncomingGrainCallContext context) => $"{context.InterfaceMethod?.DeclaringType?.Name ?? context.InterfaceName}.{context.MethodName}";

    private ClientIdentity Admit(IIncomingGrainCallContext context, object? token, RequiresRoleAttribute? required)
    {
        var call = NameOf(context);
        if (tokens.Identify(token, out var flaw) is not { } client)
        {
            throw Refuse("unknown", "an unknown client", call, $"The call {call} is refused. {flaw}", AccessRole.None);
        }

        if (required is null)
        {
            throw Refuse("closed", client.Subject, call, $"The call {call} is refused: it is for the cluster's own use, and no role opens it to clients.", AccessRole.None);
        }

        if ((client.Roles & required.Role) != required.Role)
        {
            throw Refuse(
                "role",
                client.Subject,
                call,
                $"The call {call} is refused: it needs the role '{CertificateRoles.WordOf(required.Role)}', and the certificate of '{client.Subject}' gives {CertificateRoles.Describe(client.Roles)}. "
                + $"Have a certificate made whose subject has the organizational unit '{CertificateRoles.UnitOf(required.Role)}'.",
                required.Role);
        }

        return client;
    }

    private AccessDeniedException Refuse(string reason, string who, string call, string message, AccessRole required)
    {
        Counter.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (_pauses.IsDue((reason, call), out var count))
        {
            LogRefused(who, call, reason, count);
        }

        return new AccessDeniedException(message, required);
    }

    private async Task InvokeAuditedAsync(IIncomingGrainCallContext context, ClientIdentity client, AccessRole role)
    {
        var intent = new AuditLine(
            time.GetUtcNow(),
            silo.SiloAddress.ToString(),
            audit.NextCall(),
            "intent",
            client.Subject,
            client.Thumbprint,
            CertificateRoles.WordOf(role),
            NameOf(context),
            context.TargetId.Key.ToString()!,
            AuditDetail.Of(context.Request));
        try
        {
            await audit.AppendAsync(intent);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(exception, intent.What);
            throw new AccessDeniedException(
                $"The call {intent.What} is refused: that it was made cannot be written to the silo's audit log. Whoever runs the cluster must free space on its disk or mend its permissions.", role);
        }

        try
        {
            await context.Invoke();
        }
        catch (Exception exception)
        {
            // Whatever it is, the client gets it; the log says that the call failed.
            await EndAsync(intent with { Outcome = "failed", Error = exception.Message });
            throw;
        }

        await EndAsync(context.Response?.Exception is { } failure
            ? intent with { Outcome = "failed", Error = failure.Message }
            : intent with { Outcome = "done", Receipt = (context.Result as EraseReceipt)?.Number });
    }

    // What was done is done: the client learns of it even where the log cannot.
    private async Task EndAsync(AuditLine line)
    {
        try
        {
            await audit.AppendAsync(line with { Time = time.GetUtcNow(), Phase = "outcome" });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnwritten(exception, line.What);
        }
    }

    [LoggerMessage(176, LogLevel.Information, "{Who} may not call {Call} ({Reason}); {Count} like it since the last message.")]
    private partial void LogRefused(string who, string call, string reason, long count);

    [LoggerMessage(177, LogLevel.Error, "The audit log could not be written for a call of {Call}. Free space on its disk, or mend its permissions.")]
    private partial void LogUnwritten(Exception exception, string call);
}
