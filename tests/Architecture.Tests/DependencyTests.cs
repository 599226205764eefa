using System.Text.RegularExpressions;

namespace Sheaf.Architecture.Tests;

/// <summary>Dependencies point one way: client → silo → grains → learning.</summary>
public sealed partial class DependencyTests
{
    private static readonly Dictionary<string, string[]> MayReferTo = new()
    {
        ["Learning"] = [],
        ["Learning.Torch"] = ["Learning"],
        ["Abstractions"] = [],
        ["Grains"] = ["Abstractions", "Learning"],
        ["Silo"] = ["Abstractions", "Grains", "Learning", "Learning.Torch"],
        ["Client"] = ["Abstractions", "Silo"],
    };

    // The embedded mode is the one place where the command hosts a silo itself; what it simulates, it does as the cluster does.
    private static readonly Dictionary<string, string[]> ClientMayUse = new()
    {
        // This one hosts the embedded cluster.
        ["client/Clusters/RunCluster.cs"] = ["Silo"],
        // This one measures this machine.
        ["client/Commands/BenchCommand.cs"] = ["Silo"],
        // This one names the libtorch that it computes with.
        ["client/Clusters/NamedTorch.cs"] = ["Silo", "Learning"],
        // This one loads what users bring, as that cluster will.
        ["client/Running/OwnClassCheck.cs"] = ["Silo"],
        // These two count words exactly as the devices split their texts.
        ["client/Data/WordSurvey.cs"] = ["Learning"],
        ["client/Running/TaskVocabulary.cs"] = ["Learning"],
        // This one knows which swings there can be.
        ["client/Studies/StudyCombinations.Time.cs"] = ["Learning"],
    };

    [Fact]
    public void Projects_Products_AreTheKnownOnes() =>
        Assert.Equal(MayReferTo.Keys.Order(), Repository.Products.Select(project => project.Name).Order());

    [Fact]
    public void References_EveryProduct_PointDownwards() => Assert.All(
        Repository.Products, project => Assert.Empty(project.References.Except(MayReferTo[project.Name])));

    [Fact]
    public void Packages_DatabasesExportersAndProviders_AreNamedBySiloAlone()
    {
        var naming = Repository.Products.Where(project => project.Packages.Any(package => Provider().IsMatch(package))).Select(project => project.Name);

        Assert.Equal(["Silo"], naming);
    }

    [Fact]
    public void Packages_Orleans_AreNotInLearning() => Assert.All(
        Repository.Products.Where(project => project.Name.StartsWith("Learning", StringComparison.Ordinal)),
        project => Assert.DoesNotContain(project.Packages, package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)));

    [Fact]
    public void Packages_Torch_AreInLearningTorchAlone()
    {
        // The reader that tests read exported models with is not what trains.
        var naming = Repository.Projects.Where(project => project.Packages.Any(package =>
            package.Contains("torch", StringComparison.OrdinalIgnoreCase) && package != "TorchSharp.PyBridge"));

        Assert.Equal(["Learning.Torch"], naming.Select(project => project.Name));
    }

    [Fact]
    public void Sources_Client_KnowTheClusterThroughAbstractions()
    {
        var offences =
            from file in Repository.Files("*.cs", "client")
            from use in Repository.Lines(file).Where(line => !IsDoc(line)).SelectMany(line => Inner().Matches(line).Select(match => match.Groups["name"].Value)).Distinct()
            where !ClientMayUse.GetValueOrDefault(file, []).Contains(use)
            select $"{file} uses Sheaf.{use}";

        Assert.Empty(offences);
    }

    [Theory]
    [InlineData("using Sheaf.Grains.Rounds;", "Grains")]
    [InlineData("var x = Learning.Randomness.Prf.Mix(1);", "Learning")]
    [InlineData("new global::Sheaf.Silo.Hosting.SiloParts(1)", "Silo")]
    [InlineData("cluster.Grains.GetGrain<IPopulation>(name)", null)]
    [InlineData("using Sheaf.Abstractions.Tasks;", null)]
    public void Inner_Line_FindsTheNamespace(string line, string? expected) =>
        Assert.Equal(expected ?? "", Inner().Match(line).Groups["name"].Value);

    // What a comment speaks of is not used.
    private static bool IsDoc(string line) => line.TrimStart().StartsWith("///", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^(Npgsql|Microsoft\.Data\.|System\.Data\.|Microsoft\.EntityFrameworkCore|OpenTelemetry\.(Exporter|Instrumentation)"
        + @"|Microsoft\.Orleans\.((Persistence|Clustering|Streaming|GrainDirectory|Hosting)\b|Reminders\.))")]
    private static partial Regex Provider();

    [GeneratedRegex(@"(\bSheaf\.|(?<![\w.]))(?<name>Silo|Grains|Learning)\b[.;]")]
    private static partial Regex Inner();
}
