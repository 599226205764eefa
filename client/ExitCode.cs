namespace Sheaf.Client;

/// <summary>What the command tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>It could not finish.</summary>
    public const int Failure = 1;

    /// <summary>What it was asked for is wrong: the command line, the study, or the data.</summary>
    public const int BadInput = 2;

    /// <summary>It was stopped.</summary>
    public const int Cancelled = 130;
}
