namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Tells when a grain has begun to serve a call, up to the call's first wait, has chosen calls fail, and can answer in a grain's place. Thread-safe.</summary>
internal sealed class CallWatch(Faults faults) : IIncomingGrainCallFilter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Method, string Key), int> _begun = [];
    private readonly Dictionary<(string Method, string Key), object> _answers = [];
    private readonly Dictionary<(string Method, string Key), Task> _holds = [];
    private readonly List<(string Method, string Key, int Times, TaskCompletionSource Signal)> _waiting = [];

    /// <summary>Waits until a grain has begun to serve a method a number of times in all.</summary>
    public Task BegunAsync(string method, string key, int times = 1)
    {
        lock (_lock)
        {
            if (_begun.GetValueOrDefault((method, key)) >= times)
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((method, key, times, signal));
            return signal.Task.WaitAsync(SheafCluster.Patience);
        }
    }

    /// <summary>Answers a call from now on, without the grain's hearing of it.</summary>
    public void Answer(string method, string key, object answer)
    {
        lock (_lock)
        {
            _answers[(method, key)] = answer;
        }
    }

    /// <summary>Has calls wait, before the grain hears of them, until what it returns is completed.</summary>
    public TaskCompletionSource Hold(string method, string key)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _holds[(method, key)] = release.Task;
        }

        return release;
    }

    /// <summary>The keys of the grains that have begun to serve a method.</summary>
    public string[] KeysOf(string method, string prefix)
    {
        lock (_lock)
        {
            return [.. _begun.Keys.Where(call => call.Method == method && call.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(call => call.Key).Order(StringComparer.Ordinal)];
        }
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        faults.Pass(context.MethodName, context.TargetId.Key.ToString()!);
        await HoldOf(context.MethodName, context.TargetId.Key.ToString()!);
        if (AnswerTo(context.MethodName, context.TargetId.Key.ToString()!) is { } answer)
        {
            context.Result = answer;
            return;
        }

        var serving = context.Invoke();
        Note(context.MethodName, context.TargetId.Key.ToString()!);
        await serving;
    }

    private Task HoldOf(string method, string key)
    {
        lock (_lock)
        {
            return _holds.GetValueOrDefault((method, key), Task.CompletedTask);
        }
    }

    private object? AnswerTo(string method, string key)
    {
        lock (_lock)
        {
            return _answers.GetValueOrDefault((method, key));
        }
    }

    private void Note(string method, string key)
    {
        lock (_lock)
        {
            var times = _begun[(method, key)] = _begun.GetValueOrDefault((method, key)) + 1;
            _waiting.FindAll(waiting => waiting.Method == method && waiting.Key == key && times >= waiting.Times).ForEach(waiting => waiting.Signal.TrySetResult());
        }
    }
}
