namespace Sheaf.Abstractions.Security;

/// <summary>Which of the two ends of a cluster's network somebody is.</summary>
public enum TlsEnd
{
    /// <summary>A silo: it is dialled by silos and clients, and dials silos.</summary>
    Silo,

    /// <summary>A client: it dials silos.</summary>
    Client,
}

/// <summary>
/// How a silo or a client proves who it is, and whom it trusts. All files are PEM. They are read again when they change; files that cannot be used leave
/// what was read before in force, and an error in the log.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>The certificate, followed by those between it and its authority if there are any.</summary>
    /// <value>A file's path. No default. A silo's must be signed by <see cref="SiloAuthority"/> for server and client use, and carry <see cref="SiloName"/>; a
    /// client's by <see cref="ClientAuthority"/> for client use, and name its roles (<see cref="AccessRole"/>).</value>
    public required string Certificate { get; init; }

    /// <summary>The certificate's private key: RSA or elliptic curve, not encrypted.</summary>
    /// <value>A file's path. No default.</value>
    public required string Key { get; init; }

    /// <summary>The authority that signs silos; several while one takes over from another.</summary>
    /// <value>A file's path. No default.</value>
    public required string SiloAuthority { get; init; }

    /// <summary>The authority that signs clients. It must not be the one that signs silos: a client could be taken for a silo.</summary>
    /// <value>A file's path. No default on a silo; clients need none.</value>
    public string? ClientAuthority { get; init; }

    /// <summary>The DNS name that every silo's certificate carries, wherever the silo runs.</summary>
    /// <value>Default <c>sheaf-silo</c>.</value>
    public string SiloName { get; init; } = "sheaf-silo";

    /// <summary>How long the files are taken to be unchanged after they were looked at. They are looked at when somebody connects.</summary>
    /// <value>0 to 1 day; default 10 seconds.</value>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer may take to say who it is.</summary>
    /// <value>100 milliseconds to 5 minutes; default 10 seconds.</value>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long before the end of the certificate, or of an authority, the log warns of it, once a day.</summary>
    /// <value>0 or more; default 14 days.</value>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Everything that keeps these options from being used, files included.</summary>
    /// <param name="end">Who uses them.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <returns>One sentence or two for each problem, with the remedy; empty when there is none.</returns>
    public IReadOnlyList<string> Problems(TlsEnd end, TimeProvider? time = null)
    {
        var problems = new List<string>();
        CheckValues(problems);
        TlsFiles.Read(this).Parse(this, end, (time ?? TimeProvider.System).GetUtcNow(), problems);
        return problems;
    }

    /// <summary>What can be used but should not stay as it is.</summary>
    /// <returns>One sentence or two for each, with the remedy; empty when there is none.</returns>
    public IReadOnlyList<string> Warnings()
    {
        const UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        return !OperatingSystem.IsWindows() && File.Exists(Key) && (File.GetUnixFileMode(Key) & others) != 0
            ? [$"The key '{Key}' is open to every user of the machine: take the others' permissions away (chmod o= '{Key}')."]
            : [];
    }

    /// <summary>Throws when the options cannot be used.</summary>
    /// <param name="end">Who uses them.</param>
    /// <exception cref="ArgumentException">They cannot; the message names all problems.</exception>
    internal void EnsureUsable(TlsEnd end)
    {
        if (Problems(end) is { Count: > 0 } problems)
        {
            throw new ArgumentException($"TLS cannot be used like this. {string.Join(" ", problems)}");
        }
    }

    private void CheckValues(List<string> problems)
    {
        if (Uri.CheckHostName(SiloName) != UriHostNameType.Dns)
        {
            problems.Add($"SiloName is '{SiloName}': it must be a DNS name such as 'sheaf-silo'.");
        }

        if (ReloadInterval < TimeSpan.Zero || ReloadInterval > TimeSpan.FromDays(1))
        {
            problems.Add($"ReloadInterval is {ReloadInterval}: it must be 0 to 1 day.");
        }

        if (HandshakeTimeout < TimeSpan.FromMilliseconds(100) || HandshakeTimeout > TimeSpan.FromMinutes(5))
        {
            problems.Add($"HandshakeTimeout is {HandshakeTimeout}: it must be 100 milliseconds to 5 minutes.");
        }

        if (ExpiryWarning < TimeSpan.Zero)
        {
            problems.Add($"ExpiryWarning is {ExpiryWarning}: it must be 0 or more.");
        }
    }
}
