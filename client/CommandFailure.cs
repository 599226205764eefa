using Sheaf.Abstractions;
using Sheaf.Abstractions.Security;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Data;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;

namespace Sheaf.Client;

/// <summary>What a command that ended with an exception tells: what is wrong, where, and what to do; where in the program only when asked.</summary>
internal static class CommandFailure
{
    /// <summary>Tells of an exception.</summary>
    /// <param name="exception">What ended the command.</param>
    /// <param name="isDebug">Whether to show the stack traces.</param>
    /// <param name="error">Where to tell it.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static int Tell(Exception exception, bool isDebug, TextWriter error)
    {
        var known = exception is StudyException or DataFileException or RunFailedException or AccessDeniedException or NotEnoughMemoryException ? exception : StorageFailedException.In(exception);
        error.Write((known is null ? Describe(exception) : known.Message) + "\n");
        if (isDebug)
        {
            error.Write(exception + "\n");
        }

        return exception is StudyException or DataFileException ? ExitCode.BadInput : ExitCode.Failure;
    }

    /// <summary>One sentence of what nobody foresaw.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <returns>Its type and the first line of its message, without a full stop.</returns>
    public static string Summarize(Exception exception) => $"{exception.GetType().Name}: {exception.Message.Split('\n')[0].TrimEnd('.', '\r', ' ')}";

    private static string Describe(Exception exception) => exception is IOException or UnauthorizedAccessException
        ? $"A file could not be read or written: {exception.Message.TrimEnd('.')}. Check its path, its permissions and the space on its disk."
        : $"This should not happen ({Summarize(exception)}). Run it again with --debug, which shows where, and report that.";
}
