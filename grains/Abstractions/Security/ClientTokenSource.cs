using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Sheaf.Abstractions.Security;

/// <summary>Puts the client's token into each of its calls. Signs a new one when half of the last one's time is over, or the certificate was replaced. Thread-safe.</summary>
/// <param name="certificates">The certificates.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientTokenSource(TlsCertificates certificates, IOptions<ClusterOptions> cluster, TimeProvider time) : IOutgoingGrainCallFilter
{
    private readonly Lock _lock = new();
    private (TlsIdentity By, DateTimeOffset At, byte[] Token)? _last;

    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
    {
        RequestContext.Set(ClientToken.ContextKey, Token());
        return context.Invoke();
    }

    private byte[] Token()
    {
        var own = certificates.Current;
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_last is { } last && last.By == own && now - last.At < ClientToken.Lifetime / 2 && now >= last.At)
            {
                return last.Token;
            }

            var token = new ClientToken(
                cluster.Value.ClusterId, now, now + ClientToken.Lifetime, [own.Certificate.RawData, .. own.Intermediates.Select(each => each.RawData)]);
            _last = (own, now, token.Sign(own.Certificate));
            return _last.Value.Token;
        }
    }
}
