namespace Sheaf.Grains;

/// <summary>
/// Lets interleaving calls of one grain store its state: writes never overlap, and callers that come while one is under way share the
/// next. To be used from one grain's turns only.
/// </summary>
/// <param name="write">Stores the state as it is when it is called.</param>
internal sealed class SerialWriter(Func<Task> write)
{
    private Task? _running;
    private Task? _next;

    /// <summary>Stores the state as it is now, or newer.</summary>
    /// <returns>When it is stored; with the exception, if storing failed.</returns>
    public Task WriteAsync()
    {
        if (_running is null)
        {
            return StartAsync();
        }

        return _next ??= AfterAsync(_running);
    }

    private Task StartAsync()
    {
        var run = RunAsync();
        _running = run.IsCompleted ? null : run;
        return run;
    }

    private async Task RunAsync()
    {
        try
        {
            await write();
        }
        finally
        {
            _running = null;
        }
    }

    private async Task AfterAsync(Task running)
    {
        // Whoever began that write sees its failure; this one only has to come after it.
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _next = null;
        await StartAsync();
    }
}
