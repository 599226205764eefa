using k8s.Models;

namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>What the network policies of an overlay let through, within its namespace and out of it.</summary>
/// <param name="overlay">The overlay.</param>
internal sealed class NetworkRules(Overlay overlay)
{
    private const string Ingress = "Ingress";
    private const string Egress = "Egress";

    /// <summary>Whether a pod may open a connection to a port.</summary>
    /// <param name="from">The labels of the pod that opens it.</param>
    /// <param name="to">The labels of the pod that listens; null for a machine outside of the cluster.</param>
    /// <param name="port">The port.</param>
    public bool Allows(IDictionary<string, string> from, IDictionary<string, string>? to, int port)
    {
        var leaves = Allows(from, Egress, policy => policy.Spec.Egress?.Select(rule => new Rule(rule.To, rule.Ports)), to, port);
        return leaves && (to is null || Allows(to, Ingress, policy => policy.Spec.Ingress?.Select(rule => new Rule(rule.FromProperty, rule.Ports)), from, port));
    }

    // A pod that no policy names for a direction is open in it.
    private bool Allows(
        IDictionary<string, string> pod,
        string direction,
        Func<V1NetworkPolicy, IEnumerable<Rule>?> rulesOf,
        IDictionary<string, string>? peer,
        int port)
    {
        var policies = overlay.Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PolicyTypes.Contains(direction) && Overlay.Picks(policy.Spec.PodSelector.MatchLabels, pod))
            .ToArray();
        return policies.Length == 0 || policies.SelectMany(policy => rulesOf(policy) ?? []).Any(rule => IsPeer(rule.Peers, peer) && IsPort(rule.Ports, port));
    }

    private static bool IsPeer(IList<V1NetworkPolicyPeer>? peers, IDictionary<string, string>? pod) => peers is null || peers.Any(peer =>
        peer is { PodSelector: { } selector, NamespaceSelector: null, IpBlock: null }
            ? pod is not null && Overlay.Picks(selector.MatchLabels, pod)
            : throw new NotSupportedException("Only peers of the same namespace are understood here."));

    private static bool IsPort(IList<V1NetworkPolicyPort>? ports, int port) =>
        ports is null || ports.Any(allowed => (allowed.Protocol ?? "TCP") == "TCP" && allowed.Port.ToString() == $"{port}");

    private sealed record Rule(IList<V1NetworkPolicyPeer>? Peers, IList<V1NetworkPolicyPort>? Ports);
}
