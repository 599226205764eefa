using Spectre.Console;

namespace Sheaf.Client.Output;

/// <summary>How the command writes where somebody may be looking.</summary>
internal static class SheafConsole
{
    /// <summary>Colours and moving bars are for terminals: a file gets plain lines.</summary>
    /// <param name="output">Where the text goes.</param>
    /// <returns>The settings of a console that writes there.</returns>
    public static AnsiConsoleSettings SettingsFor(TextWriter output)
    {
        var settings = new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) };
        if (output != Console.Out || Console.IsOutputRedirected)
        {
            (settings.Ansi, settings.ColorSystem, settings.Interactive) = (AnsiSupport.No, ColorSystemSupport.NoColors, InteractionSupport.No);
        }

        return settings;
    }
}
