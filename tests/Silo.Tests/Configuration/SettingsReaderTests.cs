using Microsoft.Extensions.Configuration;
using Sheaf.Grains.Tests.Security;
using Sheaf.Silo.Configuration;

namespace Sheaf.Silo.Tests.Configuration;

public sealed class SettingsReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sheaf-settings-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("auto")]
    [InlineData("none")]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    [InlineData("cuda:0,cuda:0,cuda:13")]
    public void Read_Accelerators_TakesEveryFormThatIsDocumented(string accelerators)
    {
        var (settings, problems) = Read($"--Accelerators={accelerators}");

        Assert.Empty(problems);
        Assert.Equal(accelerators, settings.Accelerators);
    }

    [Theory]
    [InlineData("cuda,cuda:1")]
    [InlineData("cuda:")]
    [InlineData("cuda:0,")]
    [InlineData("tpu:0")]
    public void Read_OtherAccelerators_AreRefused(string accelerators) =>
        Assert.Contains("it must be auto, none, cuda, or a list such as cuda:0,cuda:1.", Assert.Single(Read($"--Accelerators={accelerators}").Problems), StringComparison.Ordinal);

    [Fact]
    public void Read_GroupThatIsGivenAValue_SaysWhatIsInIt() => Assert.Equal(
        "Log is 'debug' (command line --Log): it is a group of settings, Log:Level, Log:Format.", Assert.Single(Read("--Log=debug").Problems));

    [Fact]
    public void Read_ConnectionOfPostgresWithSqlite_IsRefused() => Assert.Equal(
        "Storage:Kind is sqlite, and Storage:ConnectionString is for postgres. Take it out, or use Storage:Kind postgres.",
        Assert.Single(Read("--Storage:ConnectionString=Host=db").Problems));

    [Fact]
    public void Read_Nothing_GivesOneSiloOfThisMachine()
    {
        var (settings, problems) = Read();

        Assert.Empty(problems);
        Assert.Equal(new SiloSettings(), settings);
        Assert.Equal(("sheaf", "127.0.0.1", StorageKind.Sqlite), (settings.Cluster.Id, settings.Endpoints.Address, settings.Storage.Kind));
    }

    [Fact]
    public void Load_SameSettingInAllThreePlaces_TheCommandLineWinsThenTheEnvironment()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "appsettings.json"), """{ /* comments are fine */ "Lanes": 3, "StopTime": "00:00:07", "Cluster": { "Id": "file" } }""");
        Environment.SetEnvironmentVariable("SHEAF_Lanes", "4");
        Environment.SetEnvironmentVariable("SHEAF_StopTime", "00:00:08");
        try
        {
            var (settings, problems) = SettingsReader.Read(SettingsReader.Load(_folder.FullName, ["--Lanes=5"]));

            Assert.Empty(problems);
            Assert.Equal((5, TimeSpan.FromSeconds(8), "file"), (settings.Lanes, settings.StopTime, settings.Cluster.Id));
        }
        finally
        {
            Environment.SetEnvironmentVariable("SHEAF_Lanes", null);
            Environment.SetEnvironmentVariable("SHEAF_StopTime", null);
        }
    }

    [Fact]
    public void Read_ManyMistakes_NamesAllOfThemWithTheirPlaceAndTheRule()
    {
        var (_, problems) = Read("--Lans=3", "--Lanes=0", "--Storage:Kind=oracle", "--Storage:Flder=x", "--StopTime=soon", "--Endpoints:SiloPort=70000", "--Endpoints:AllowAnyoneOnTheNetwork=perhaps", "--Accelerators=tpu", "--Cluster:Id=a b");

        Assert.Equal(
            [
                "Accelerators is 'tpu' (command line --Accelerators): it must be auto, none, cuda, or a list such as cuda:0,cuda:1.",
                "Cluster:Id is 'a b' (command line --Cluster:Id): it must be letters, digits, dots, dashes and underscores, at most 63.",
                "Endpoints:AllowAnyoneOnTheNetwork is 'perhaps' (command line --Endpoints:AllowAnyoneOnTheNetwork): it must be true or false.",
                "Endpoints:SiloPort is '70000' (command line --Endpoints:SiloPort): it must be a whole number from 1 to 65535.",
                "Lanes is '0' (command line --Lanes): it must be a whole number from 1 to 1024.",
            ],
            problems.Where(problem => !problem.StartsWith("Lans", StringComparison.Ordinal) && !problem.StartsWith('S')).Order(StringComparer.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("Lans (command line --Lans) is no setting. There are Cluster, ", StringComparison.Ordinal));
        Assert.Contains("Storage:Kind is 'oracle' (command line --Storage:Kind): it must be sqlite or postgres.", problems);
        Assert.Contains(problems, problem => problem.StartsWith("Storage:Flder (command line --Storage:Flder) is no setting. There are Storage:Kind, Storage:Folder, ", StringComparison.Ordinal));
        Assert.Contains("StopTime is 'soon' (command line --StopTime): it must be a time from 00:00:01 to 1.00:00:00, as hours:minutes:seconds.", problems);
        Assert.Equal(9, problems.Count);
    }

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("fd00::1")]
    public void Read_AddressOfANetworkWithoutCertificates_IsRefused(string address)
    {
        var (_, problems) = Read($"--Endpoints:Address={address}", "--Storage:Kind=postgres", "--Storage:ConnectionString=Host=db;Database=sheaf", "--Storage:JournalFile=/shared/erasures.jsonl");

        var problem = Assert.Single(problems);
        Assert.StartsWith($"Endpoints:Address is {address}, which others can reach, and there are no certificates: anybody could read, train and erase. ", problem);
    }

    [Fact]
    public void Read_AddressOfANetworkThatAnybodyMayUse_IsTaken()
    {
        var (settings, problems) = Read("--Endpoints:Address=10.1.2.3", "--Endpoints:AllowAnyoneOnTheNetwork=true", "--Storage:Kind=postgres", "--Storage:ConnectionString=Host=db;Database=sheaf", "--Storage:JournalFile=/shared/erasures.jsonl");

        Assert.Empty(problems);
        Assert.Equal("10.1.2.3", settings.Endpoints.IPAddress.ToString());
    }

    [Fact]
    public void Read_SomeOfTheCertificatesFiles_NamesTheMissingOnesAndTheAuditLog()
    {
        var (_, problems) = Read("--Tls:Certificate=silo.pem", "--Tls:SiloAuthority=silo-ca.pem");

        Assert.Equal(
            [
                "Tls:Key, Tls:ClientAuthority are empty: certificates need all four files, or none.",
                "Audit:File is empty: with certificates, the silo writes down who erases what. Name a file of its own on a volume that outlives it.",
            ],
            problems);
    }

    [Fact]
    public void Read_CertificatesThatAreNotThere_NamesEachFile()
    {
        var audit = Path.Combine(_folder.FullName, "audit.jsonl");

        var (_, problems) = Read("--Tls:Certificate=/no/silo.pem", "--Tls:Key=/no/silo.key", "--Tls:SiloAuthority=/no/silo-ca.pem", "--Tls:ClientAuthority=/no/client-ca.pem", $"--Audit:File={audit}");

        Assert.All(["/no/silo.pem", "/no/silo.key", "/no/silo-ca.pem", "/no/client-ca.pem"], file => Assert.Contains(problems, problem => problem.Contains($"'{file}'", StringComparison.Ordinal)));
        Assert.Equal(4, problems.Count);
    }

    [Fact]
    public void Read_CertificatesOnANetwork_AreTaken()
    {
        using var silos = new TestAuthority("silos");
        using var clients = new TestAuthority("clients");
        var signed = silos.Silo();

        var (settings, problems) = Read(
            "--Endpoints:Address=10.1.2.3", "--Storage:Kind=postgres", "--Storage:ConnectionString=Host=db;Database=sheaf", "--Storage:JournalFile=/shared/erasures.jsonl",
            $"--Tls:Certificate={signed.Certificate}", $"--Tls:Key={signed.Key}", $"--Tls:SiloAuthority={silos.File}", $"--Tls:ClientAuthority={clients.File}",
            $"--Audit:File={Path.Combine(_folder.FullName, "audit.jsonl")}");

        Assert.Empty(problems);
        Assert.Equal(signed.Certificate, settings.Tls.Certificate);
    }

    [Fact]
    public void Read_AuditLogWithoutCertificates_IsRefused()
    {
        var (_, problems) = Read("--Audit:File=audit.jsonl");

        Assert.Equal(["Audit:File is 'audit.jsonl' and there are no certificates: nobody can say who calls. Name certificates (Tls:Certificate …), or leave Audit:File out."], problems);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("localhost")]
    public void Read_AddressThatOthersCannotUse_IsRefused(string address)
    {
        var (_, problems) = Read($"--Endpoints:Address={address}");

        Assert.Contains(problems, problem => problem.StartsWith($"Endpoints:Address is '{address}': it must be the one IP address", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SqliteOnANetwork_IsRefused()
    {
        var (_, problems) = Read("--Endpoints:Address=10.1.2.3", "--Endpoints:AllowAnyoneOnTheNetwork=true");

        Assert.Equal(["Storage:Kind is sqlite, which is for one silo on a machine of its own, and Endpoints:Address is 10.1.2.3. Use 127.0.0.1, or Storage:Kind postgres."], problems);
    }

    [Fact]
    public void Read_PostgresWithoutItsSettings_NamesAllThatAreMissing()
    {
        var (_, problems) = Read("--Storage:Kind=postgres");

        Assert.Equal(2, problems.Count);
        Assert.StartsWith("The connection string names no host or no database", problems[0]);
        Assert.StartsWith("The journal of erasures '' is no full path", problems[1]);
    }

    [Fact]
    public void Read_OnePortForTwoThings_IsRefused()
    {
        var (_, problems) = Read("--Endpoints:GatewayPort=11111");

        Assert.Equal(["Endpoints:SiloPort 11111, GatewayPort 11111 and HealthPort 8080 must be three different ports."], problems);
    }

    [Fact]
    public void Describe_EverySetting_SaysWhatItMeans()
    {
        var described = SettingsReader.Describe().ToArray();

        Assert.Contains(described, setting => setting is { Key: "Storage:Kind", Default: "sqlite" });
        Assert.All(described, setting => Assert.EndsWith(".", setting.Meaning));
        Assert.Equal(described.Length, described.DistinctBy(setting => setting.Key).Count());
    }

    private static (SiloSettings Settings, IReadOnlyList<string> Problems) Read(params string[] args) =>
        SettingsReader.Read((IConfigurationRoot)new ConfigurationBuilder().AddCommandLine(args).Build());
}
