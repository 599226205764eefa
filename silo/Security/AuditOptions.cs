namespace Sheaf.Silo.Security;

/// <summary>Where a silo writes who erased what.</summary>
public sealed record AuditOptions
{
    /// <summary>The audit log: one JSON object a line, only ever added to. Each silo has its own.</summary>
    /// <value>The full path of a file in a folder that is there; the file is created when the silo starts. No default.</value>
    public required string File { get; init; }

    /// <summary>Everything that keeps these options from being used.</summary>
    /// <returns>One sentence or two for each problem, with the remedy; empty when there is none.</returns>
    public IReadOnlyList<string> Problems()
    {
        if (!Path.IsPathFullyQualified(File ?? ""))
        {
            return [$"The audit log '{File}' is no full path: name a file on a volume that outlives the silo."];
        }

        if (!Directory.Exists(Path.GetDirectoryName(File)))
        {
            return [$"The folder of the audit log '{File}' does not exist: make it, or mend the path."];
        }

        try
        {
            using var stream = new FileStream(File!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            return [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [$"The audit log '{File}' cannot be written: mend its permissions, or name another file."];
        }
    }
}
