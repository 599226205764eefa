using Sheaf.Grains.Tests.Security;

namespace Sheaf.Deploy.Tests.Manifests;

/// <summary>What the volumes of a cluster with certificates hold, in a folder of this machine.</summary>
internal sealed class Mounts : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-mounts-");
    private readonly TestAuthority _silos = new("silos");
    private readonly TestAuthority _clients = new("clients");

    /// <summary>Makes the certificates.</summary>
    public Mounts()
    {
        Put("tls/silo", _silos.Silo(), ("ca.crt", _silos.File));
        Put("tls/client", _clients.Client("submit"), ("silo-ca.crt", _silos.File));
        Directory.CreateDirectory(At("/tls/clients"));
        File.Copy(_clients.File, At("/tls/clients/ca.crt"));
        Directory.CreateDirectory(At("/journal"));
    }

    /// <summary>Where a path of the container is on this machine.</summary>
    public string At(string path) => Path.Combine(_folder.FullName, path.TrimStart('/'));

    /// <summary>An environment whose paths on volumes are those of this machine.</summary>
    public Dictionary<string, string> In(IReadOnlyDictionary<string, string> environment) => environment.ToDictionary(
        variable => variable.Key,
        variable => variable.Value.StartsWith("/tls/", StringComparison.Ordinal) || variable.Value.StartsWith("/journal/", StringComparison.Ordinal) ? At(variable.Value) : variable.Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        _silos.Dispose();
        _clients.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Put(string folder, Signed signed, (string Name, string File) authority)
    {
        Directory.CreateDirectory(At(folder));
        File.Copy(signed.Certificate, At($"{folder}/tls.crt"));
        File.Copy(signed.Key, At($"{folder}/tls.key"));
        File.Copy(authority.File, At($"{folder}/{authority.Name}"));
    }
}
