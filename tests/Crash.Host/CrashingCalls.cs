namespace Sheaf.Crash.Host;

/// <summary>Passes the crash point with every call of a grain, before and after it.</summary>
/// <param name="point">The point.</param>
internal sealed class CrashingCalls(CrashPoint point) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        point.Pass("call", context.MethodName);
        await context.Invoke();
        point.Pass("return", context.MethodName);
    }
}
