using Sheaf.Abstractions;
using Sheaf.Client.Running;

namespace Sheaf.Client.Tests;

public sealed class CommandFailureTests
{
    [Fact]
    public void Tell_WhatNobodyForesaw_IsOneLineWithTheRemedy()
    {
        var (code, error) = Tell(Thrown(new InvalidOperationException("It went wrong.\nBadly.")), isDebug: false);

        Assert.Equal(1, code);
        Assert.Equal("This should not happen (InvalidOperationException: It went wrong). Run it again with --debug, which shows where, and report that.\n", error);
    }

    [Fact]
    public void Tell_Debug_AddsTheStackTrace()
    {
        var (code, error) = Tell(Thrown(new RunFailedException("It is over.")), isDebug: true);

        Assert.Equal(1, code);
        Assert.StartsWith("It is over.\n", error);
        Assert.Contains($"   at {typeof(CommandFailureTests).FullName}.{nameof(Thrown)}(", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tell_StorageInsideAnotherException_SaysWhatTheStorageSays()
    {
        var inner = new StorageFailedException("The database 'x' is locked. End that.", isPassing: true);

        var (code, error) = Tell(new AggregateException(new InvalidOperationException("outer", inner)), isDebug: false);

        Assert.Equal((1, "The database 'x' is locked. End that.\n"), (code, error));
    }

    [Fact]
    public void Tell_FileThatCannotBeWritten_NamesTheRemedy()
    {
        var (code, error) = Tell(new IOException("No space left on device : '/x/report.html'"), isDebug: false);

        const string expected = "A file could not be read or written: No space left on device : '/x/report.html'. "
            + "Check its path, its permissions and the space on its disk.\n";
        Assert.Equal((1, expected), (code, error));
    }

    private static (int Code, string Error) Tell(Exception exception, bool isDebug)
    {
        using var error = new StringWriter();
        return (CommandFailure.Tell(exception, isDebug, error), error.ToString());
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }
}
