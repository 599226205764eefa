using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>Certificates that are replaced while they are in use.</summary>
public sealed class TlsCertificatesTests : IDisposable
{
    private readonly TestAuthority _silos = new("silos");
    private readonly TestAuthority _clients = new("clients");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly LogLines _log = new();

    [Fact]
    public void Current_FilesReplaced_AreReadAfterTheInterval()
    {
        var shown = _silos.Silo();
        var certificates = Read(shown.Trusting(_silos, _clients) with { ReloadInterval = TimeSpan.FromSeconds(10) });
        var first = certificates.Current.Certificate.Thumbprint;
        shown.Become(_silos.Silo(hoursLeft: 100));

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(first, certificates.Current.Certificate.Thumbprint);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, certificates.Current.Certificate.Thumbprint);
        Assert.Equal(100, Math.Round((certificates.Expires - _time.GetUtcNow()).TotalHours));
        Assert.Single(_log.Of(172));
    }

    [Fact]
    public void Current_LinkSwapped_IsFollowed()
    {
        // As Kubernetes does it: the files are links into a folder that is itself a link, which is replaced.
        var folder = Directory.CreateTempSubdirectory("sheaf-secret-").FullName;
        Mount(folder, "one", _silos.Silo());
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data"), "one");
        File.CreateSymbolicLink(Path.Combine(folder, "tls.crt"), "..data/tls.crt");
        File.CreateSymbolicLink(Path.Combine(folder, "tls.key"), "..data/tls.key");
        var certificates = Read(new Signed(Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key")).Trusting(_silos, _clients));
        var first = certificates.Current.Certificate.Thumbprint;

        Mount(folder, "two", _silos.Silo());
        Directory.Delete(Path.Combine(folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data"), "two");

        Assert.NotEqual(first, certificates.Current.Certificate.Thumbprint);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Current_BrokenFiles_KeepsTheOldAndSaysSoOnce()
    {
        var shown = _silos.Silo();
        var certificates = Read(shown.Trusting(_silos, _clients));
        var first = certificates.Current.Certificate.Thumbprint;
        // The new certificate is there, its key not yet.
        File.Copy(_silos.Silo().Certificate, shown.Certificate, overwrite: true);

        Assert.Equal(first, certificates.Current.Certificate.Thumbprint);
        Assert.Equal(first, certificates.Current.Certificate.Thumbprint);

        var told = Assert.Single(_log.Of(173));
        Assert.Contains($"The key '{shown.Key}' is not that of the certificate '{shown.Certificate}'", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Current_BrokenFilesMended_AreReadAgain()
    {
        var shown = _silos.Silo();
        var certificates = Read(shown.Trusting(_silos, _clients));
        var first = certificates.Current.Certificate.Thumbprint;
        File.WriteAllText(shown.Certificate, "nonsense");
        Assert.Equal(first, certificates.Current.Certificate.Thumbprint);

        shown.Become(_silos.Silo());

        Assert.NotEqual(first, certificates.Current.Certificate.Thumbprint);
    }

    [Fact]
    public void Current_NearItsEnd_WarnsOnceADay()
    {
        var certificates = Read(_silos.Silo(hoursLeft: 50).Trusting(_silos, _clients) with { ExpiryWarning = TimeSpan.FromHours(49) });
        Assert.Empty(_log.Of(174));

        for (var hour = 0; hour < 30; hour++)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.NotNull(certificates.Current);
        }

        Assert.Equal(2, _log.Of(174).Count());
    }

    [Fact]
    public void Expires_AuthorityEndsFirst_IsTheAuthoritys()
    {
        using var brief = new TestAuthority("brief", DateTimeOffset.UtcNow.AddHours(5));

        Assert.Equal(5, Math.Round((Read(_silos.Silo().Trusting(_silos, brief)).Expires - _time.GetUtcNow()).TotalHours));
    }

    [Fact]
    public void Key_OpenToOthers_IsWarnedOf()
    {
        var shown = _silos.Silo();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(shown.Key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Read(shown.Trusting(_silos, _clients));

        Assert.Equal(OperatingSystem.IsWindows() ? [] : [$"The key '{shown.Key}' is open to every user of the machine: take the others' permissions away (chmod o= '{shown.Key}')."], _log.Of(171));
    }

    public void Dispose()
    {
        _silos.Dispose();
        _clients.Dispose();
    }

    private static void Mount(string folder, string name, Signed signed)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        File.Copy(signed.Certificate, Path.Combine(folder, name, "tls.crt"));
        File.Copy(signed.Key, Path.Combine(folder, name, "tls.key"));
    }

    private TlsCertificates Read(TlsOptions options) => new(options, TlsEnd.Silo, _time, new Logger<TlsCertificates>(new LoggerFactory([_log])));
}
