using System.ComponentModel;
using Sheaf.Silo.Security;

namespace Sheaf.Silo.Configuration;

/// <summary>Where a silo with certificates writes who erased what.</summary>
public sealed record AuditSettings
{
    /// <summary>The audit log.</summary>
    [Description("Where this silo writes who erased, purged, paused or cancelled what: a file of its own, on a volume that outlives it. Needed with certificates, which say who calls.")]
    public string File { get; init; } = "";

    /// <summary>These settings as the log has them.</summary>
    internal AuditOptions Options => new() { File = File.Length > 0 ? Path.GetFullPath(File) : "" };

    internal IEnumerable<string> Problems(bool hasCertificates) => (hasCertificates, File.Length > 0) switch
    {
        (true, true) => Options.Problems(),
        (true, false) => ["Audit:File is empty: with certificates, the silo writes down who erases what. Name a file of its own on a volume that outlives it."],
        (false, true) => [$"Audit:File is '{File}' and there are no certificates: nobody can say who calls. Name certificates (Tls:Certificate …), or leave Audit:File out."],
        (false, false) => [],
    };
}
