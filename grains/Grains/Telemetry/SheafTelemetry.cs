using System.Diagnostics;
using Span = System.Diagnostics.Activity;

namespace Sheaf.Grains.Telemetry;

/// <summary>The names under which silos tell of their work, and how spans are made.</summary>
public static class SheafTelemetry
{
    /// <summary>The name of the source of spans and of the meters.</summary>
    public const string Name = "Sheaf";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Starts a span. It never becomes the current one: grains' turns interleave, and what a turn calls must not inherit it by chance.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="parent">What it is a part of, in the form of <c>traceparent</c> (W3C Trace Context); null makes it the first of a trace.</param>
    /// <param name="links">What it follows.</param>
    /// <returns>The span; null when nobody listens, or its trace is not sampled.</returns>
    internal static Span? Start(string name, string? parent, params IEnumerable<ActivityLink> links)
    {
        var before = Span.Current;
        // Without this, what happens to be current would be the parent of a first one.
        Span.Current = null;
        try
        {
            return !Source.HasListeners() ? null
                : parent is null ? Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links)
                : ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? Source.StartActivity(name, ActivityKind.Internal, context, links: links)
                : null;
        }
        finally
        {
            Span.Current = before;
        }
    }

    /// <summary>Ends a span that has failed.</summary>
    /// <param name="span">The span; null does nothing.</param>
    /// <param name="reason">Why.</param>
    internal static void Fail(this Span? span, string reason) => span?.SetStatus(ActivityStatusCode.Error, reason);
}
