using OpenTelemetry;
using OpenTelemetry.Logs;
using Sheaf.Grains.Telemetry;

namespace Sheaf.Silo.Telemetry;

/// <summary>Gives a line of the log that names a task the trace of the round that is under way.</summary>
internal sealed class RoundOfLogLine : BaseProcessor<LogRecord>
{
    private const string Task = "Task";

    /// <inheritdoc/>
    public override void OnEnd(LogRecord data)
    {
        if (data.TraceId == default
            && data.Attributes?.FirstOrDefault(attribute => attribute.Key == Task).Value is string task
            && RoundTraces.Find(task) is { } round)
        {
            (data.TraceId, data.SpanId, data.TraceFlags) = (round.TraceId, round.SpanId, round.TraceFlags);
        }
    }
}
