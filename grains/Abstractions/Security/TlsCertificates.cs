using Microsoft.Extensions.Logging;

namespace Sheaf.Abstractions.Security;

/// <summary>The certificates in force: those of the files as they are, or, when these cannot be used, as they last could. Thread-safe.</summary>
public sealed partial class TlsCertificates
{
    private static readonly TimeSpan WarningPause = TimeSpan.FromDays(1);

    private readonly TlsOptions _options;
    private readonly TlsEnd _end;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    private TlsFiles _files;
    private TlsIdentity _identity;
    private long _lookedAt;
    private DateTimeOffset _warnedAt;

    /// <summary>Reads the files.</summary>
    /// <param name="options">Which, and how often they are looked at.</param>
    /// <param name="end">Who needs them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes what is told of them.</param>
    /// <exception cref="ArgumentException">They cannot be used; the message names all problems.</exception>
    internal TlsCertificates(TlsOptions options, TlsEnd end, TimeProvider time, ILogger<TlsCertificates> logger)
    {
        (_options, _end, _time, _logger) = (options, end, time, logger);
        var problems = new List<string>();
        _files = TlsFiles.Read(options);
        _identity = _files.Parse(options, end, time.GetUtcNow(), problems)
            ?? throw new ArgumentException($"TLS cannot be used like this. {string.Join(" ", problems)}");
        _lookedAt = time.GetTimestamp();
        foreach (var warning in options.Warnings())
        {
            LogWarning(warning);
        }

        WarnOfExpiry();
    }

    /// <summary>When the first of the certificates ends that this end cannot do without: its own, or an authority's.</summary>
    public DateTimeOffset Expires => Current.Expires;

    /// <summary>What is in force. Looks at the files when it has not for a while.</summary>
    internal TlsIdentity Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_lookedAt) >= _options.ReloadInterval)
                {
                    _lookedAt = _time.GetTimestamp();
                    Reload();
                    WarnOfExpiry();
                }

                return _identity;
            }
        }
    }

    private void Reload()
    {
        var files = TlsFiles.Read(_options);
        if (files == _files)
        {
            return;
        }

        // Told once for each content: the files are looked at often.
        _files = files;
        var problems = new List<string>();
        if (files.Parse(_options, _end, _time.GetUtcNow(), problems) is { } identity)
        {
            _identity = identity;
            LogReloaded(identity.Certificate.Subject, identity.Expires);
        }
        else
        {
            LogBroken(string.Join(" ", problems), _identity.Expires);
        }
    }

    private void WarnOfExpiry()
    {
        var now = _time.GetUtcNow();
        if (_identity.Expires - now <= _options.ExpiryWarning && now - _warnedAt >= WarningPause)
        {
            _warnedAt = now;
            LogExpiry(_options.Certificate, _identity.Expires);
        }
    }

    [LoggerMessage(171, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(172, LogLevel.Information, "The certificates were read again; that of '{Subject}' is now in force, and all are valid until {Expires:u}.")]
    private partial void LogReloaded(string subject, DateTimeOffset expires);

    [LoggerMessage(173, LogLevel.Error, "The certificate files have changed and cannot be used; what was read before stays in force, until {Expires:u} at the latest. {Problems}")]
    private partial void LogBroken(string problems, DateTimeOffset expires);

    [LoggerMessage(174, LogLevel.Warning, "The certificate '{Certificate}', or an authority, is valid until {Expires:u} only: have it renewed. The new files are read without a restart.")]
    private partial void LogExpiry(string certificate, DateTimeOffset expires);
}
