using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sheaf.Silo.Configuration;

namespace Sheaf.Silo.Hosting;

/// <summary>What a silo of its own process writes to its output.</summary>
internal static class SiloLogging
{
    /// <summary>Writes lines to the process's error output, one each.</summary>
    /// <param name="logging">The logging.</param>
    /// <param name="settings">Which lines, and how.</param>
    public static void AddSilo(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Sheaf", Enum.Parse<LogLevel>(settings.Level.ToString()));
        // What keeps a silo from starting is told by its process, in words.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // It takes the time since the machine was started for the time that a check has taken.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        _ = settings.Format == LogFormat.Json
            ? logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp) = ("O", true))
            : logging.AddSimpleConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.SingleLine, console.ColorBehavior) = ("O", true, true, LoggerColorBehavior.Disabled));
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
