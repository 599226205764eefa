using System.Text.Json;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Studies;

public sealed class StudyCatalogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_Shipped_AreTheEmbeddedStudies() => Assert.Equal(
        ["activity-continual", "activity-static", "diurnal", "gitlog", "irc", "negative-control", "retention", "slurp", "slurp-central", "stragglers", "voice"],
        StudyCatalog.Names);

    [Fact]
    public void Find_EveryShippedStudy_IsValidAndBearsItsName()
    {
        foreach (var name in StudyCatalog.Names)
        {
            Assert.Equal(name, StudyCatalog.Find(name).Name);
        }
    }

    [Fact]
    public void Find_Slurp_ReadsTheColumnsOfItsFile()
    {
        var population = StudyCatalog.Find("slurp").Population;

        Assert.Equal(new DataColumns { Device = "session", Time = "ts", Text = "text", Label = "intent" }, population.File!.Columns);
        Assert.Equal((PopulationSource.File, 0.2), (population.Source, population.HeldOut));
    }

    [Fact]
    public void Find_Path_ReadsTheFileAndLocatesItsDataBesideIt()
    {
        var path = _folder.Write("mine.json", """{"name":"mine","population":{"source":"file","file":{"path":"data/d.tsv"}}}""");

        var study = StudyCatalog.Find(path);

        Assert.Equal("mine", study.Name);
        Assert.Equal(Path.Combine(_folder.Path, "data", "d.tsv"), study.Population.File!.Path);
    }

    [Fact]
    public void Find_PathWithFullDataPath_KeepsIt()
    {
        var data = _folder.In("d.tsv");
        var study = """{"population":{"source":"file","file":{"path":PATH}}}""".Replace("PATH", JsonSerializer.Serialize(data));
        var path = _folder.Write("mine.json", study);

        Assert.Equal(data, StudyCatalog.Find(path).Population.File!.Path);
    }

    [Fact]
    public void Find_FileWithMistakes_NamesTheFile()
    {
        var path = _folder.Write("mine.json", """{"training":{"rounds":0}}""");

        Assert.Equal(
            $"The study '{path}' has 1 mistake:\n  training.rounds: 0 is below 1. Train for 1 to 1000000 rounds.",
            Assert.Throws<StudyException>(() => StudyCatalog.Find(path)).Message);
    }

    [Theory]
    [InlineData("voise", "it is neither a shipped study nor a file. Did you mean 'voice'? The shipped studies are 'voice', ")]
    [InlineData("slrup", "it is neither a shipped study nor a file. Did you mean 'slurp'? The shipped studies are 'slurp', ")]
    [InlineData("no/voice", "there is no file 'no/voice'. The shipped studies are 'voice', ")]
    [InlineData("voice.json", "there is no file 'voice.json'. The shipped studies are 'voice', ")]
    public void Find_Unknown_ListsTheShippedOnesNearestFirst(string name, string expected)
    {
        var message = Assert.Throws<StudyException>(() => StudyCatalog.Find(name)).Message;

        Assert.StartsWith($"The study '{name}' has 1 mistake:\n  {expected}", message, StringComparison.Ordinal);
        Assert.EndsWith("'; or give the path of a file.", message, StringComparison.Ordinal);
        Assert.All(StudyCatalog.Names, shipped => Assert.Contains($"'{shipped}'", message, StringComparison.Ordinal));
    }

    [Fact]
    public void ReadShipped_Study_KeepsItsComments() => Assert.StartsWith("// The default study", StudyCatalog.ReadShipped("voice"));
}
