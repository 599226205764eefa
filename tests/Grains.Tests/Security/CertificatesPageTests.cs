using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Sheaf.Abstractions.Security;

namespace Sheaf.Grains.Tests.Security;

/// <summary>The commands that operators are told to run, run.</summary>
public sealed class CertificatesPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-page-");

    [SkippableFact]
    public async Task Commands_OfThePage_MakeCertificatesThatCanBeUsed()
    {
        await RunAsync(string.Join("\n", Commands()));

        Assert.Empty(Options("silo").Problems(TlsEnd.Silo));
        Assert.Empty(Options("silo").Warnings());
        Assert.Empty(Options("ann").Problems(TlsEnd.Client));
        using var ann = X509CertificateLoader.LoadCertificateFromFile(File("ann.pem"));
        Assert.Equal(AccessRole.Submit | AccessRole.Erase, CertificateRoles.Of(ann));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> Commands()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent!;
        }

        var isCommand = false;
        foreach (var line in System.IO.File.ReadLines(Path.Combine(root.FullName, "deploy", "k8s", "certificates.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCommand = line == "```sh";
            }
            else if (isCommand)
            {
                yield return line;
            }
        }
    }

    private async Task RunAsync(string script)
    {
        try
        {
            var start = new ProcessStartInfo("bash", ["-ec", "command -v openssl >/dev/null || exit 97\n" + script])
            {
                WorkingDirectory = _folder.FullName,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Skip.If(process.ExitCode == 97, "There is no openssl.");
            Assert.True(process.ExitCode == 0, await error);
        }
        catch (Win32Exception)
        {
            Skip.If(true, "There is no bash.");
        }
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);

    private TlsOptions Options(string who) => new()
    {
        Certificate = File($"{who}.pem"), Key = File($"{who}.key"), SiloAuthority = File("silo-ca.pem"), ClientAuthority = File("client-ca.pem"),
    };
}
