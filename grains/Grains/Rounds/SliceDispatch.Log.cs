using Microsoft.Extensions.Logging;

namespace Sheaf.Grains.Rounds;

/// <content>What it says.</content>
internal sealed partial class SliceDispatch
{
    [LoggerMessage(111, LogLevel.Warning, "Slice {Slice} is lost and runs again.")]
    private partial void LogSliceLost(Exception exception, SliceKey slice);

    [LoggerMessage(112, LogLevel.Warning, "The sum of silo {Silo} in round {Round} is lost: {Kept} of its updates are kept, for they are stored, and {Lost} are computed again.")]
    private partial void LogSumLost(string silo, int round, int kept, int lost);

    [LoggerMessage(113, LogLevel.Information, "A silo could not be told to clear what it holds of round {Round}; what it holds no longer counts.")]
    private partial void LogUnreachable(Exception exception, int round);

    [LoggerMessage(115, LogLevel.Warning, "The stored copy of a sum of silo {Silo} in round {Round} is gone or damaged: {Updates} updates that it holds are computed again, unless the silo has them.")]
    private partial void LogCopyLost(string silo, int round, int updates);
}
