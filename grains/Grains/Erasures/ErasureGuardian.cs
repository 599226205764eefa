using Microsoft.Extensions.Logging;

namespace Sheaf.Grains.Erasures;

/// <summary>When a silo starts, applies what was erased since its storage was saved, should that have been restored from a backup.</summary>
internal sealed partial class ErasureGuardian(IGrainFactory grains, ILogger<ErasureGuardian> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(ErasureGuardian), ServiceLifecycleStage.Active, ReapplyAsync);

    private async Task ReapplyAsync(CancellationToken cancellationToken)
    {
        var log = grains.GetGrain<IErasureLog>(0);
        foreach (var population in await log.GetUnappliedAsync())
        {
            try
            {
                await log.ReapplyAsync(population).WaitAsync(cancellationToken);
                if ((await log.GetUnappliedAsync()).Contains(population, StringComparer.Ordinal))
                {
                    LogUnknown(population);
                    continue;
                }

                LogReapplied(population);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The other populations are applied nevertheless; tasks of this one apply it before they train, and say so when they cannot.
                LogFailed(exception, population);
            }
        }
    }

    [LoggerMessage(151, LogLevel.Warning, "Erasures of population {Population} that the storage did not know have been applied again.")]
    private partial void LogReapplied(string population);

    [LoggerMessage(162, LogLevel.Warning, "The journal has erasures of population {Population}, which the storage does not know; they are applied when it is registered.")]
    private partial void LogUnknown(string population);

    [LoggerMessage(152, LogLevel.Error, "Erasures of population {Population} that the storage does not know could not be applied; nothing trains on it before they are.")]
    private partial void LogFailed(Exception exception, string population);
}
