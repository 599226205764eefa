using Microsoft.Extensions.Logging;

namespace Sheaf.Grains.Rounds;

/// <content>What it says.</content>
internal sealed partial class RoundCoordinatorGrain
{
    [LoggerMessage(131, LogLevel.Warning, "Another activation has taken over task {Task}; this one stops.")]
    private partial void LogSuperseded(Exception exception, string task);

    [LoggerMessage(132, LogLevel.Error, "Task {Task} cannot go on.")]
    private partial void LogFailed(Exception exception, string task);

    [LoggerMessage(133, LogLevel.Warning, "Round {Round} of task {Task} is abandoned.")]
    private partial void LogAbandoned(Exception exception, int round, string task);

    [LoggerMessage(134, LogLevel.Warning, "Task {Task} goes on from its last commit after failure {Failures}.")]
    private partial void LogRetried(Exception exception, string task, int failures);

    [LoggerMessage(135, LogLevel.Warning, "The checkpoint of round {Round} of task {Task} could not be scored.")]
    private partial void LogUnscored(Exception exception, int round, string task);

    [LoggerMessage(136, LogLevel.Information, "A silo could not be told that another coordinator has taken over task {Task}.")]
    private partial void LogUnreachable(Exception exception, string task);

    [LoggerMessage(137, LogLevel.Information, "Round {Round} of task {Task} goes on where it was: {Updates} updates are kept, and {Devices} devices are asked again.")]
    private partial void LogResumed(int round, string task, int updates, int devices);
}
