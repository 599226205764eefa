using Microsoft.Extensions.DependencyInjection;
using Sheaf.Grains.Erasures;

namespace Sheaf.Grains.Tests.Fixtures;

/// <summary>Has chosen steps of a cluster fail. Thread-safe.</summary>
internal sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly List<(string Step, string Key, Exception Failure)> _waiting = [];

    /// <summary>How many faults have not been met yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Has a step fail once.</summary>
    /// <param name="step">A method of a grain, the name of a grain's state, or <see cref="Cleaning"/>.</param>
    /// <param name="key">How the grain's key begins.</param>
    public void FailOnce(string step, string key)
    {
        lock (_lock)
        {
            _waiting.Add((step, key, new InvalidOperationException($"{step} of {key} fails in a test.")));
        }
    }

    /// <summary>The step of taking what was deleted out of the files.</summary>
    public const string Cleaning = "clean";

    /// <summary>Passes a step.</summary>
    public void Pass(string step, string key)
    {
        lock (_lock)
        {
            var at = _waiting.FindIndex(fault => fault.Step == step && key.StartsWith(fault.Key, StringComparison.Ordinal));
            if (at >= 0)
            {
                var failure = _waiting[at].Failure;
                _waiting.RemoveAt(at);
                throw failure;
            }
        }
    }

    /// <summary>Puts the faults before the cleaner that is registered.</summary>
    public void WrapCleaner(IServiceCollection services)
    {
        var registered = (IStorageCleaner)services.Last(service => service.ServiceType == typeof(IStorageCleaner)).ImplementationInstance!;
        services.AddSingleton<IStorageCleaner>(new FaultyCleaner(registered, this));
    }

    private sealed class FaultyCleaner(IStorageCleaner real, Faults faults) : IStorageCleaner
    {
        public Task CleanAsync(IReadOnlyCollection<string>? texts)
        {
            faults.Pass(Cleaning, "");
            return real.CleanAsync(texts);
        }

        public Task<RewrittenStorage> RewriteAsync() => real.RewriteAsync();
    }
}
