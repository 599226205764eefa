using System.Text.Json;
using Examples.OwnModel;
using Sheaf.Abstractions.Tasks;
using Sheaf.Client.Running;
using Sheaf.Client.Studies;
using Sheaf.Client.Tests.Running;
using Sheaf.Silo.Hosting;

namespace Sheaf.Client.Tests.Own;

/// <summary>What is wrong with a user's class is said before a run, and by a silo in the same words.</summary>
public sealed class OwnClassTests : IDisposable
{
    private const string Interface = "Sheaf.Learning.Torch.Own.ITextModel";
    private const string Here = "Sheaf.Client.Tests.Own.";
    private static readonly string Mine = typeof(OwnClassTests).Assembly.Location;
    private static readonly string Examples = typeof(MeanNet).Assembly.Location;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ThrowingModel", "the constructor of '{0}' threw InvalidOperationException: no licence found. Mend it.")]
    [InlineData("DemandingModel", "the class '{0}' has no public constructor without parameters. Give it one.")]
    [InlineData("LateModel", "the model '{0}' failed to create its module for 200 buckets and 63 classes: FormatException: 63 classes are too many. Mend its Create.")]
    [InlineData("NotANumber", "the class '{0}' does not implement " + Interface + ". Name one that is a model: '" + Here + "LateModel', '" + Here + "ThrowingModel'.")]
    [InlineData("LateModle", "there is no class '{0}' in '{1}'. Name one that is a model: '" + Here + "LateModel', '" + Here + "ThrowingModel'.")]
    public Task Validate_ModelThatCannotBeUsed_SaysWhyAndWhatToDo(string name, string expected) =>
        AssertMistakeAsync(Mine, Here + name, $"model.class: {string.Format(null, expected, Here + name, Mine)}");

    [Fact]
    public async Task Validate_AssemblyThatCannotBeLoaded_SaysWhyAndWhatToDo()
    {
        var (missing, text) = (_folder.In("missing.dll"), _folder.Write("text.dll", "MZ, or so it says"));
        var foreign = _folder.Write("foreign.dll", ForeignAssembly.ReferringTo("TorchSharp", new Version(0, 1, 2, 3)));
        var version = typeof(TorchSharp.torch).Assembly.GetName().Version;

        await AssertMistakeAsync(missing, "A", $"model.assembly: there is no file '{missing}'. Build the assembly, and name its dll; every silo needs it at this path.");
        await AssertMistakeAsync(text, "A", $"model.assembly: '{text}' is not a .NET assembly. Name the dll that dotnet build writes.");
        await AssertMistakeAsync(
            foreign, "A", $"model.assembly: '{foreign}' was built against TorchSharp 0.1.2.3 where this is {version}. Build it against this version.");
    }

    [Fact]
    public async Task Validate_AssemblyOfAnotherMachine_IsRefused()
    {
        if (!OperatingSystem.IsWindows())
        {
            await AssertMistakeAsync("//server/share/a.dll", "A", "model.assembly: there is no file '/server/share/a.dll'. Build the assembly, and name its dll; every silo needs it at this path.");
        }

        var fault = new Silo.Extensions.OwnClassTrial().OfModel("//server/share/a.dll", "A", 1, 2);
        Assert.Equal((true, "'//server/share/a.dll' is not a full path of this machine"), (fault!.IsOfAssembly, fault.What));
    }

    [Fact]
    public async Task Start_ClassThatCannotBeUsed_IsRefusedByTheSiloInTheSameWords()
    {
        var study = StudyReader.Read(ModelStudy(_folder.In("gone.dll"), "A"), "s");
        var mistake = Assert.Single(OwnClassCheck.Check(study, null));
        await using var cluster = await EmbeddedCluster.StartAsync(_folder.In("cluster"));

        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => cluster.Grains.GetGrain<IRoundCoordinator>("t").StartAsync(StudySpecs.TaskOf(study, StudySpecs.NameOf(study), ["a", "b"])));

        Assert.Equal($"{mistake.What}. {mistake.Remedy}", error.Message);
    }

    [Theory]
    [InlineData("NotANumber", "gives an activity of ", " the weight NaN. A weight is at least 0 and at most 2^64.")]
    [InlineData("ThrowingStrategy", "threw for an activity of ", ": InvalidOperationException: table overflow. Let it give every activity a weight.")]
    public async Task Run_StrategyThatBreaksItsContract_FailsAndSaysWhy(string name, string what, string remedy)
    {
        var run = await SheafRun.InvokeAsync("run", WriteStrategyStudy(Mine, Here + name), "--output", _folder.In("out"));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"The run stopped after round 0 of 3: the strategy '{Here}{name}' {what}", run.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_StrategyThatWaitsForThePopulation_IsRefused()
    {
        var run = await SheafRun.InvokeAsync("validate", WriteStrategyStudy(Mine, Here + "WaitingStrategy"));

        Assert.Contains(
            $"training.selection.class: the strategy '{Here}WaitingStrategy' asks for the whole population's activity, which shards do not pass on to a strategy"
            + " of one's own. Weigh a device by its own activity alone, and leave IsResolved true.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OwnStrategy_SelectsByItOnOneShardAndOnFour()
    {
        await RunAsync("one", StrategyStudy(Examples, typeof(SquareRoot).FullName!).Replace("\"shards\": 2", "\"shards\": 1", StringComparison.Ordinal));
        await RunAsync("four", StrategyStudy(Examples, typeof(SquareRoot).FullName!).Replace("\"shards\": 2", "\"shards\": 4", StringComparison.Ordinal));
        await RunAsync("power", SheafRun.SmallStudy);

        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("one")), SheafRun.RepeatableRounds(_folder.In("four")));
        Assert.NotEqual(SheafRun.RepeatableRounds(_folder.In("power")), SheafRun.RepeatableRounds(_folder.In("one")));
    }

    [Theory]
    [InlineData(typeof(MeanNet))]
    [InlineData(typeof(FastMeanNet))]
    public async Task Run_TheExample_LearnsAndRepeats(Type model)
    {
        var study = ExampleStudy(model);

        await RunAsync("a", study);
        await RunAsync("b", study);

        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("a")), SheafRun.RepeatableRounds(_folder.In("b")));
        // Of 63 intents, chance knows one in 63; half as many rounds as the study has know more.
        var accuracy = SheafRun.Read(_folder.In("a"), "summary.json").GetProperty("metrics").GetProperty("accuracy").GetDouble();
        Assert.InRange(accuracy, 0.2, 1);
    }

    [Fact]
    public void Find_RelativeAssemblies_BeginAtTheStudysFolder()
    {
        var path = _folder.Write("s.json", """
            {"model":{"type":"own","assembly":"m.dll","class":"M"},"training":{"selection":{"strategy":"own","assembly":"../s.dll","class":"S"}}}
            """);

        var study = StudyCatalog.Find(path);

        Assert.Equal(
            (_folder.In("m.dll"), Path.GetFullPath("../s.dll", _folder.Path)), (study.Model.Assembly, study.Training.Selection.Assembly));
    }

    [Theory]
    [InlineData("""{"model":{"type":"own","class":"M"}}""", "model.assembly: model.type is \"own\", and nothing is named. Name the dll that holds the class.")]
    [InlineData("""{"model":{"type":"own","assembly":"m.dll"}}""", "model.class: model.type is \"own\", and nothing is named. Name the class, its namespace included.")]
    [InlineData("""{"model":{"assembly":"m.dll"}}""", "model.assembly: model.type is not \"own\", so nothing is loaded. Set model.type to \"own\", or take the field out.")]
    [InlineData("""{"model":{"type":"own","assembly":" ","class":"M"}}""", "model.assembly: it is empty, or holds a character with code 0. Name a dll.")]
    [InlineData("""{"training":{"selection":{"class":"S"}}}""", "training.selection.class: training.selection.strategy is not \"own\", so nothing is loaded. Set training.selection.strategy to \"own\", or take the field out.")]
    [InlineData("""{"training":{"selection":{"strategy":"own","class":"S"}}}""", "training.selection.assembly: training.selection.strategy is \"own\", and nothing is named. Name the dll that holds the class.")]
    public void Read_FieldsOfOwnClasses_GoTogether(string json, string expected) =>
        Assert.Equal(expected, Assert.Single(Assert.Throws<StudyException>(() => StudyReader.Read(json, "s")).Mistakes).ToString());

    private static string ModelStudy(string assembly, string name) => SheafRun.SmallStudy.Replace(
        "\"type\": \"softmax-regression\"", $"\"type\": \"own\", \"assembly\": {JsonSerializer.Serialize(assembly)}, \"class\": \"{name}\"", StringComparison.Ordinal);

    private static string StrategyStudy(string assembly, string name) => SheafRun.SmallStudy.Replace(
        "\"rounds\": 3", $$"""
        "rounds": 3, "selection": { "strategy": "own", "assembly": {{JsonSerializer.Serialize(assembly)}}, "class": "{{name}}" }
        """, StringComparison.Ordinal);

    // The study beside the example, but for where the assembly was built.
    private static string ExampleStudy(Type model) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "own.json"))
        .Replace("\"../../artifacts/bin/Examples.OwnModel/debug/Examples.OwnModel.dll\"", JsonSerializer.Serialize(Examples), StringComparison.Ordinal)
        .Replace(typeof(MeanNet).FullName!, model.FullName, StringComparison.Ordinal)
        .Replace("\"rounds\": 30", "\"rounds\": 15", StringComparison.Ordinal);

    private string WriteStrategyStudy(string assembly, string name) => _folder.Write("s.json", StrategyStudy(assembly, name));

    private async Task AssertMistakeAsync(string assembly, string name, string expected)
    {
        var run = await SheafRun.InvokeAsync("validate", _folder.Write("s.json", ModelStudy(assembly, name)));
        Assert.Equal((2, $"The study '{_folder.In("s.json")}' has 1 mistake:\n  {expected}\n"), (run.ExitCode, run.Error));
    }

    private async Task RunAsync(string output, string study)
    {
        var run = await SheafRun.InvokeAsync("run", _folder.Write($"{output}.json", study), "--output", _folder.In(output));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }
}
