using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Sheaf.Silo.Hosting;

/// <summary>Writes log lines to a file, so that they do not disturb what the command shows. Thread-safe.</summary>
/// <param name="file">The file; appended to, created with the first line.</param>
/// <param name="time">The clock.</param>
internal sealed class FileLoggerProvider(string file, TimeProvider time) : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, FileLogger> _loggers = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private StreamWriter? _writer;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new FileLogger(this, name));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            Abandon();
        }
    }

    private void Write(string line)
    {
        lock (_lock)
        {
            try
            {
                _writer ??= new StreamWriter(file, append: true) { AutoFlush = true };
                _writer.WriteLine(line);
            }
            catch (IOException)
            {
                // On a full disk a line is lost; what it tells of must go on, and the next line tries anew.
                Abandon();
            }
        }
    }

    private void Abandon()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
            // Closing tries once more to write what is left.
        }

        _writer = null;
    }

    private sealed class FileLogger(FileLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{provider.Now:O} {logLevel} {category}[{eventId.Id}] {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}"));
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
