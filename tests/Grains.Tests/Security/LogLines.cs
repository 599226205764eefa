using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Keeps what Sheaf itself logs.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, int Id, string Text)> _lines = new();

    public IEnumerable<string> Of(int id) => _lines.Where(line => line.Id == id).Select(line => line.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is > 170 and < 180)
        {
            _lines.Enqueue((logLevel, eventId.Id, formatter(state, exception)));
        }
    }

    public void Dispose()
    {
        // There is nothing to dispose of.
    }
}
