using Microsoft.Extensions.Logging;
using Sheaf.Grains.Training;

namespace Sheaf.Grains.Rounds;

/// <summary>
/// Before a silo leaves, has the tasks that it has worked for store what they have merged: what it holds itself would go with it, and what other silos hold
/// with a coordinator of its own. It is still a silo like any other then.
/// </summary>
internal sealed partial class SumHandover(TaskPrograms programs, IGrainFactory grains, ILogger<SumHandover> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    // Of the time that the silo has for everything.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(SumHandover), ServiceLifecycleStage.Active, _ => Task.CompletedTask, stop => Task.WhenAll(programs.KnownTasks.Select(task => HandOverAsync(task, stop))));

    private async Task HandOverAsync(string task, CancellationToken stop)
    {
        try
        {
            await grains.GetGrain<IRoundFence>(task).StoreSumsAsync().WaitAsync(Patience, stop);
        }
        catch (Exception exception)
        {
            // The boundary of leaving: what is not stored is computed again.
            LogFailed(exception, task);
        }
    }

    [LoggerMessage(116, LogLevel.Warning, "What task {Task} has merged could not be stored before this silo leaves; what the silo holds of it is computed again.")]
    private partial void LogFailed(Exception exception, string task);
}
