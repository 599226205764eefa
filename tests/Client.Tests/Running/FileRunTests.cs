using System.Text;
using System.Text.Json;
using Sheaf.Client.Data;
using Sheaf.Client.Studies;
using Sheaf.Learning.Populations;

namespace Sheaf.Client.Tests.Running;

/// <summary>Studies whose examples are rows of a file.</summary>
public sealed class FileRunTests : IDisposable
{
    private const int Rows = 120;
    private const int Devices = 6;

    private static readonly string Study = SheafRun.SmallStudy.Replace(
        "\"generated\": { \"devices\": 40 }", "\"source\": \"file\"", StringComparison.Ordinal).Replace("\"cohort\": 8", "\"cohort\": 4", StringComparison.Ordinal);

    private static readonly string SplitStudy = Study.Replace(
        "\"source\": \"file\"", "\"source\": \"file\", \"file\": { \"columns\": { \"split\": \"part\" } }", StringComparison.Ordinal);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_SameRowsInEveryFormat_GivesTheSameModel()
    {
        var rows = Enumerable.Range(0, Rows).Select(RowOf).ToArray();
        var tsv = _folder.Write("d.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(rows.Select(row => $"{row.Device}\t{row.Time}\t{row.Text}\t{row.Label}\n")));
        var csv = _folder.Write("d.csv", "device,time,text,label\n" + string.Concat(rows.Select(row => $"{row.Device},{row.Time},\"{row.Text}\",{row.Label}\n")));
        var jsonl = _folder.Write("d.jsonl.gz", TempFolder.Gzip(string.Concat(rows.Select(row =>
            JsonSerializer.Serialize(new { device = row.Device, time = row.Time, text = row.Text, label = row.Label }) + "\n"))));

        var summaries = new[] { await SummaryAsync(tsv), await SummaryAsync(csv), await SummaryAsync(jsonl) };

        Assert.All(summaries, summary => Assert.Equal(Devices, summary.GetProperty("devices").GetInt32()));
        Assert.All(summaries, summary => Assert.Equal(12, summary.GetProperty("updates").GetInt32()));
        // Lines are counted with a header or without, but what is learnt from them is the same.
        Assert.Single(summaries.Select(summary => summary.GetProperty("checkpoint").GetString()).Distinct());
    }

    [Fact]
    public async Task Run_WrittenStudyOfAFile_NeedsNoDataOption()
    {
        var data = WriteTsv();
        var first = await SummaryAsync(data);

        var again = await SheafRun.InvokeAsync("run", _folder.In("out-1/study.json"), "--output", _folder.In("again"));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("out-1")), SheafRun.RepeatableRounds(_folder.In("again")));
        Assert.Equal(first.GetProperty("checkpoint").GetString(), SheafRun.Read(_folder.In("again"), "summary.json").GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Run_SplitColumn_DecidesWhatIsTrainedOn()
    {
        // Three rows of four are of the part to train on, whatever their texts.
        var summary = await SummaryAsync(WriteSplit(i => (RowOf(i).Label, i % 4 == 3 ? "test" : "Train")), SplitStudy);

        Assert.Equal(Rows * 3 / 4, summary.GetProperty("examples").GetInt32());
        Assert.NotEqual(JsonValueKind.Null, summary.GetProperty("metrics").ValueKind);
    }

    [Fact]
    public async Task Run_LabelThatIsHeldOutOnly_IsSaidAndSummedUpAlsoWhenResumed()
    {
        var data = WriteSplit(i => i % 10 == 9 ? ("rare", "test") : (RowOf(i).Label, "train"));

        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", SplitStudy), "--data", data, "--output", _folder.In("out"));
        File.Delete(_folder.In("out/summary.json"));
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("out"), "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("1 of the labels are in held-out rows only, so no device can learn them: 'rare'.", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        using var summary = JsonDocument.Parse(resumed.Output);
        Assert.Equal("rare", Assert.Single(summary.RootElement.GetProperty("data").GetProperty("untrainedLabels").EnumerateArray()).GetString());
        // A model that cannot say a label is never right about it; nothing else is held out here.
        Assert.Equal(0, summary.RootElement.GetProperty("metrics").GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public async Task Run_RetentionThatKeepsNothing_SaysThatThePopulationIsEmpty()
    {
        // The rows to train on are older than a day when the last one, which is held out, arrives.
        var data = _folder.Write("d.tsv", "device\ttime\ttext\tlabel\tpart\na\t1\thi\tx\ttrain\nb\t2\tho\ty\ttrain\na\t200000\tha\ty\ttest\n");
        var study = SplitStudy.Replace("\"shards\"", "\"retention\": { \"ageMaxDays\": 1 }, \"shards\"", StringComparison.Ordinal)
            .Replace("\"cohort\": 4", "\"cohort\": 2", StringComparison.Ordinal);

        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", study), "--data", data, "--output", _folder.In("out"));

        const string message = "The population is empty: no device has an example to train on (held out: 1). "
            + "Hold fewer out (population.heldOut) or keep more (population.retention), and run it in another folder.\n";
        Assert.Equal((1, message), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("iid")]
    [InlineData("label-dirichlet")]
    [InlineData("quantity-dirichlet")]
    [InlineData("zipf")]
    public async Task Run_FileWithoutDevices_IsDealtOutAsTheStudySays(string kind)
    {
        var data = WriteTsvWithoutDevices();

        var (first, again) = (await SummaryAsync(data, Dealt(kind)), await SummaryAsync(data, Dealt(kind)));

        Assert.Equal((Devices, Rows), (first.GetProperty("devices").GetInt32(), first.GetProperty("examples").GetInt32()));
        Assert.Equal(first.GetProperty("checkpoint").GetString(), again.GetProperty("checkpoint").GetString());
    }

    [Fact]
    public async Task Run_DevicesOfOneLabelEach_SaysThatTheyDiffer()
    {
        // Four devices of 30 rows take one label each, of which there are 60 rows: of the six pairs, the two of the same label are alike.
        var study = Dealt("label-dirichlet").Replace("\"devices\": 6", "\"devices\": 4, \"alpha\": 0.001", StringComparison.Ordinal);

        var run = await SheafRun.InvokeAsync("run", _folder.Write("s.json", study), "--data", WriteTsvWithoutDevices(), "--output", _folder.In("out"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Their labels differ by 0.667 ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MoreDevicesThanRows_IsAMistakeOfTheStudy()
    {
        var study = _folder.Write("s.json", Dealt("iid").Replace("\"devices\": 6", "\"devices\": 121", StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--data", WriteTsvWithoutDevices(), "--output", _folder.In("out"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("population.file.partition.devices: 121 is more than the 120 rows of the file. Use at most one device for each row.", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.In("out")));
    }

    [Fact]
    public async Task Run_DataForAGeneratedStudy_ReplacesItsPopulation()
    {
        var study = SheafRun.SmallStudy.Replace("\"cohort\": 8", "\"cohort\": 4", StringComparison.Ordinal);

        var summary = await SummaryAsync(WriteTsv(), study);

        Assert.Equal(Devices, summary.GetProperty("devices").GetInt32());
    }

    [SkippableFact]
    public async Task Run_Slurp_TrainsAndKeepsEverySentenceOnOneSide()
    {
        var data = SharedData.Find("slurp/events.tsv");
        var study = _folder.Write("slurp.json", StudyCatalog.ReadShipped("slurp").Replace("\"rounds\": 60", "\"rounds\": 3", StringComparison.Ordinal));

        var run = await SheafRun.InvokeAsync("run", study, "--data", data, "--output", _folder.In("out"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var summary = SheafRun.Read(_folder.In("out"), "summary.json");
        Assert.Equal((3, 120), (summary.GetProperty("rounds").GetInt32(), summary.GetProperty("updates").GetInt32()));

        var split = new HeldOutSplit(salt: 0, 0.2);
        var columns = new DataColumns { Device = "session", Time = "ts", Label = "intent" };
        var sides = DataFile.Open(data, DataFormat.Tsv, columns).Rows().Select(row => (Sentence: Normalize(row.Text), IsHeldOut: split.IsHeldOut(row.Text))).ToArray();
        var (trained, heldOut) = (sides.Where(row => !row.IsHeldOut).Select(row => row.Sentence), sides.Where(row => row.IsHeldOut).Select(row => row.Sentence));
        Assert.Empty(trained.Intersect(heldOut));
        Assert.Equal(sides.Count(row => !row.IsHeldOut), summary.GetProperty("examples").GetInt32());
        Assert.InRange(sides.Count(row => row.IsHeldOut) / (double)sides.Length, 0.15, 0.25);
    }

    private static (string Device, string Time, string Text, string Label) RowOf(int i) => (
        $"d{i % Devices}",
        $"2026-01-01T{i / 60:00}:{i % 60:00}:00Z",
        $"{(i % 2 == 0 ? "please play song" : "set an alarm for")} {i}",
        i % 2 == 0 ? "play" : "alarm");

    // Another way than the split's own: words, lower-cased, with single spaces.
    private static string Normalize(string text)
    {
        var words = text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return new StringBuilder().AppendJoin(' ', words).ToString();
    }

    private string WriteSplit(Func<int, (string Label, string Part)> of) => _folder.Write(
        "d.tsv", "device\ttime\ttext\tlabel\tpart\n" + string.Concat(Enumerable.Range(0, Rows).Select(i =>
            $"{RowOf(i).Device}\t{RowOf(i).Time}\t{RowOf(i).Text}\t{of(i).Label}\t{of(i).Part}\n")));

    private string WriteTsv() => _folder.Write("d.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(Enumerable.Range(0, Rows).Select(RowOf).Select(row =>
        $"{row.Device}\t{row.Time}\t{row.Text}\t{row.Label}\n")));

    private string WriteTsvWithoutDevices() => _folder.Write("no-devices.tsv", "time\ttext\tlabel\n" + string.Concat(
        Enumerable.Range(0, Rows).Select(RowOf).Select(row => $"{row.Time}\t{row.Text}\t{row.Label}\n")));

    // Nothing is held out, so that every row is an example of some device.
    private static string Dealt(string kind) => Study.Replace(
        "\"source\": \"file\"",
        $"\"source\": \"file\", \"heldOut\": 0, \"file\": {{ \"partition\": {{ \"kind\": \"{kind}\", \"devices\": 6, \"beta\": 100 }} }}",
        StringComparison.Ordinal);

    private async Task<JsonElement> SummaryAsync(string data, string? study = null)
    {
        var output = _folder.In($"out-{Directory.GetDirectories(_folder.Path).Length + 1}");
        var run = await SheafRun.InvokeAsync("run", _folder.Write("study-of-file.json", study ?? Study), "--data", data, "--output", output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return SheafRun.Read(output, "summary.json");
    }
}
