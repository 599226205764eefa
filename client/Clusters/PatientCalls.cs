namespace Sheaf.Client.Clusters;

/// <summary>Asks a cluster again for as long as it takes to do without a silo: no answer is not the end.</summary>
internal static class PatientCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until there is an answer.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="ask">Asks; it must not matter how often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>The answer.</returns>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException && time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }
}
