using Sheaf.Abstractions.Populations;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;

namespace Sheaf.Client.Tests.Data;

public sealed class DeviceTraceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_File_HasItsDevicesInBytesAndTimes()
    {
        var trace = DeviceTrace.Of(StudyWith("""
            {"examplesPerSecond": 50, "downloadMbits": 8, "uploadMbits": 0.8, "online": [[0, 8.5], [22, 24]]}

            {"examplesPerSecond": 5, "downloadMbits": 16, "uploadMbits": 1.6}
            """));

        Assert.Equal(
            new TraceSpec(
                TimeSpan.FromHours(24),
                [
                    new TraceDevice(50, 1e6, 1e5, [new TraceSpan(TimeSpan.Zero, TimeSpan.FromHours(8.5)), new TraceSpan(TimeSpan.FromHours(22), TimeSpan.FromHours(24))]),
                    new TraceDevice(5, 2e6, 2e5, []),
                ]),
            trace);
    }

    [Fact]
    public void Of_NoFile_IsNull() => Assert.Null(DeviceTrace.Of(new Study { Population = new() { Behaviour = new() { Profiles = new() } } }));

    [Fact]
    public void Of_LinesThatAreNoDevices_NamesAllOfThem()
    {
        var mistakes = Mistakes("""
            {"examplesPerSecond": 0, "downloadMbits": 8, "uploadMbits": 0.8}
            {"examplesPerSecond": 50, "downloadMbits": 8, "uploadMbits": 0.8, "online": [[5, 4]]}
            {"examplesPerSecond": 50, "downloadMbits": 8, "uploadMbits": 0.8, "online": [[0, 25]]}
            {"examplesPerSecond": 50, "downloadMbits": 8}
            {"examplesPerSecond": 50, "downloadMbits": 8, "uploadMbits": 0.8, "offline": []}
            nothing
            """);

        Assert.Equal(["in line 1, a speed", "in line 2, the times", "in line 3, the times", "in line 4, there is no", "in line 5, there is no", "in line 6, there is no"],
            mistakes.Select(mistake => string.Join(' ', mistake.What.Split(' ').Take(mistake.What.Contains("there", StringComparison.Ordinal) ? 6 : 5))));
        Assert.All(mistakes, mistake => Assert.Equal("population.behaviour.profiles.traceFile", mistake.Path));
    }

    [Fact]
    public void Of_ManyWrongLines_NamesTheFirstTwenty() =>
        Assert.Equal(20, Mistakes(string.Join('\n', Enumerable.Repeat("nothing", 1000))).Count);

    [Fact]
    public void Of_FileThatIsEmptyOrNotThere_SaysSo()
    {
        Assert.EndsWith("holds no device", Assert.Single(Mistakes("")).What, StringComparison.Ordinal);
        var study = StudyOf(_folder.In("nowhere.jsonl"));
        Assert.Contains("cannot be read", Assert.Single(Assert.Throws<StudyException>(() => DeviceTrace.Of(study)).Mistakes).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MoreDevicesThanSilosHold_SaysSo()
    {
        var line = """{"examplesPerSecond": 1, "downloadMbits": 1, "uploadMbits": 1}""";

        Assert.Contains(
            "more than 10000 devices", Assert.Single(Mistakes(string.Join('\n', Enumerable.Repeat(line, TraceSpec.DevicesMax + 1)))).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_StudyInAnotherFolder_LooksForItsTraceThere()
    {
        var path = _folder.Write("study.json", """{ "population": { "behaviour": { "profiles": { "traceFile": "trace.jsonl" } } } }""");

        Assert.Equal(_folder.In("trace.jsonl"), StudyCatalog.Find(path).Population.Behaviour.Profiles!.TraceFile);
    }

    private IReadOnlyList<StudyMistake> Mistakes(string lines) => Assert.Throws<StudyException>(() => DeviceTrace.Of(StudyWith(lines))).Mistakes;

    private Study StudyWith(string lines) => StudyOf(_folder.Write("trace.jsonl", lines));

    private static Study StudyOf(string path) =>
        new() { Population = new() { Behaviour = new() { Profiles = new() { TraceFile = path, TraceHours = 24 } } } };
}
