using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Sheaf.Abstractions.Security;

/// <summary>Counts refused connections, in <c>sheaf.connections.refused</c> of the meter <c>Sheaf</c>, and tells of them without filling the log. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes what is told.</param>
internal sealed partial class Refusals(TimeProvider time, ILogger<Refusals> logger)
{
    /// <summary>The counter's name. Its tags are <c>port</c> (silo, gateway) and <c>reason</c> (<see cref="RefusalReason"/> in lower case).</summary>
    public const string CounterName = "sheaf.connections.refused";

    private static readonly Meter Meter = new("Sheaf");
    private static readonly Counter<long> Counter = Meter.CreateCounter<long>(CounterName, "{connection}", "Connections that were refused for who was at their other end.");

    private readonly LogPauses<(ClusterPort, RefusalReason, bool)> _pauses = new(time);

    /// <summary>Counts one.</summary>
    /// <param name="port">The port.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isDialled">Whether this end has dialled the other.</param>
    /// <param name="peer">Where the other end is.</param>
    /// <param name="detail">What the handshake said.</param>
    public void Add(ClusterPort port, RefusalReason reason, bool isDialled, EndPoint? peer, string detail)
    {
        Counter.Add(1, new("port", WordOf(port.ToString())), new("reason", WordOf(reason.ToString())));
        if (_pauses.IsDue((port, reason, isDialled), out var count))
        {
            LogRefused(
                isDialled ? "to" : "from",
                peer?.ToString() ?? "an unknown address",
                WordOf(port.ToString()),
                WordOf(reason.ToString()),
                count,
                Remedy(port, reason),
                detail.TrimEnd('.'));
        }
    }

    private static string Remedy(ClusterPort port, RefusalReason reason) => reason switch
    {
        RefusalReason.Plaintext => "It spoke without TLS: give it certificates, or keep it away from the port.",
        RefusalReason.NoCertificate => "It has shown no certificate: give it one.",
        RefusalReason.Untrusted => port == ClusterPort.Silo
            ? "Its certificate is not signed by the authority of silos: have it signed by that, or keep it away from the port."
            : "Its certificate is not signed by the authority that the other side trusts: have it signed by that, or keep it away from the port.",
        RefusalReason.Expired => "Its certificate is out of date, or a clock is wrong: have it renewed.",
        RefusalReason.Use => "Its certificate is made for another use: have it made with the extended key usage that its end needs.",
        RefusalReason.Name => "Its certificate lacks the silos' name: have it made with that as subject alternative name, or set the same SiloName everywhere.",
        RefusalReason.Timeout => "It did not say in time who it is: see whether something else than Sheaf dials the port.",
        RefusalReason.Forged => "A client spoke in the name of a grain or silo, which no client of Sheaf does: find out who has its certificate.",
        _ => "The two could not agree: see what the other end's log says.",
    };

    private static string WordOf(string name) => name switch
    {
        nameof(RefusalReason.NoCertificate) => "no-certificate",
        _ => name.ToLowerInvariant(),
    };

    [LoggerMessage(175, LogLevel.Warning, "A connection {Direction} {Peer} on the {Port} port was refused: {Reason}; {Count} like it since the last message. {Remedy} ({Detail})")]
    private partial void LogRefused(string direction, string peer, string port, string reason, long count, string remedy, string detail);
}
