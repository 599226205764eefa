namespace Sheaf.Client.Data;

/// <summary>A data file cannot be used. The message names every problem (the first 10 of many), each with its place and remedy.</summary>
/// <param name="report">What was found.</param>
/// <param name="cause">The exception that stopped the reading, if one did.</param>
internal sealed class DataFileException(DataReport report, Exception? cause = null) : Exception(report.ToString(), cause)
{
    /// <summary>What was found up to the point where the reading stopped.</summary>
    public DataReport Report { get; } = report;
}
