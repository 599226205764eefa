using System.Text.Json;
using Sheaf.Client.Tests.Running;

namespace Sheaf.Client.Tests.Clusters;

/// <summary>The command against a silo of another process.</summary>
public sealed class ClusterCommandTests(SiloFixture fixture) : IClassFixture<SiloFixture>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_OnACluster_GivesTheResultsOfARunInThisProcess()
    {
        var here = await RunAsync("here");
        var there = await RunAsync("there", "--cluster", fixture.Address);

        Assert.Equal((0, 0), (here.ExitCode, there.ExitCode));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("here")), SheafRun.RepeatableRounds(_folder.In("there")));
        Assert.Equal(
            SheafRun.Read(_folder.In("here"), "summary.json").GetProperty("metrics").GetRawText(),
            SheafRun.Read(_folder.In("there"), "summary.json").GetProperty("metrics").GetRawText());
        Assert.False(File.Exists(_folder.In("there/cluster.db")));
    }

    [Fact]
    public async Task Run_Detached_GoesOnWithoutTheCommandAndIsFetchedLater()
    {
        var left = await RunAsync("left", "--cluster", fixture.Address, "--detach", "--json");
        var task = JsonDocument.Parse(left.Output).RootElement.GetProperty("task").GetString()!;
        var watched = await SheafRun.InvokeAsync("task", "watch", task, "--cluster", fixture.Address);
        Assert.False(File.Exists(_folder.In("left/summary.json")));
        var fetched = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("left"));

        Assert.Equal((0, 0, 0), (left.ExitCode, watched.ExitCode, fetched.ExitCode));
        var lines = watched.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"{task}: completed, round 3 of 3.", lines[^1]);
        Assert.Equal(["Round 1 of 3: 8 of 8 devices", "Round 2 of 3: 8 of 8 devices", "Round 3 of 3: 8 of 8 devices"],
            lines.Where(line => line.StartsWith("Round", StringComparison.Ordinal)).Select(line => line.Split(',')[0]));
        Assert.Equal(3, SheafRun.Read(_folder.In("left"), "summary.json").GetProperty("rounds").GetInt32());
    }

    [Fact]
    public async Task Resume_OfAStudyOfSeveralRuns_GoesOnInItsCluster()
    {
        var left = await RunAsync("seeds", "--set", "seeds=[1,2]", "--cluster", fixture.Address, "--detach", "--json");
        // As a command leaves it that was killed before the second run.
        var second = Directory.GetDirectories(_folder.In("seeds")).Order(StringComparer.Ordinal).Last();
        Directory.Delete(second, recursive: true);

        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("seeds"));

        Assert.Equal((0, 0), (left.ExitCode, resumed.ExitCode));
        Assert.Equal(fixture.Address, SheafRun.Read(second, "cluster.json").GetProperty("cluster").GetString());
        Assert.Empty(Directory.GetFiles(_folder.In("seeds"), "cluster.db", SearchOption.AllDirectories));
        Assert.True(File.Exists(_folder.In("seeds/summary.json")));
    }

    [Fact]
    public async Task Task_PausedResumedAndCancelled_IsWhatItIsToldToBe()
    {
        var left = await RunAsync("long", "--set", "training.rounds=100000", "--cluster", fixture.Address, "--detach", "--json");
        var task = JsonDocument.Parse(left.Output).RootElement.GetProperty("task").GetString()!;

        Assert.Equal("paused", await StatusAsync("pause", task));
        var round = (await ShowAsync(task)).GetProperty("round").GetInt32();
        // A paused task survives its silo, and is still paused.
        await fixture.RestartAsync();
        Assert.Equal(("paused", round), ((await ShowAsync(task)).GetProperty("status").GetString(), (await ShowAsync(task)).GetProperty("round").GetInt32()));
        Assert.Equal("running", await StatusAsync("resume", task));
        await UntilRoundAsync(task, round + 2);
        // A task that runs survives it, too: nobody asks for it.
        await fixture.RestartAsync();
        var listed = JsonDocument.Parse((await SheafRun.InvokeAsync("task", "list", "--json", "--cluster", fixture.Address)).Output).RootElement;
        Assert.Equal("running", listed.EnumerateArray().Single(entry => entry.GetProperty("task").GetString() == task).GetProperty("status").GetString());
        await UntilRoundAsync(task, round + 4);
        Assert.Equal("cancelled", await StatusAsync("cancel", task));
        var resumed = await SheafRun.InvokeAsync("task", "resume", task, "--cluster", fixture.Address);
        Assert.Equal((1, $"The task '{task}' is not paused: it is Cancelled.\n"), (resumed.ExitCode, resumed.Error));
    }

    [Fact]
    public async Task Verbs_OfATaskInACluster_ReachItsDevicesItsPopulationAndItsModel()
    {
        var run = await RunAsync("verbs", "--cluster", fixture.Address);
        Assert.Equal(0, run.ExitCode);
        using var note = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.In("verbs/cluster.json")));
        var task = note.RootElement.GetProperty("task").GetString()!;
        string[] where = ["--cluster", fixture.Address, "--task", task];

        var audited = await SheafRun.InvokeAsync("task", "audit", task, "--cluster", fixture.Address);
        var shapes = await SheafRun.InvokeAsync("task", "shapes", task, "--cluster", fixture.Address);
        var erased = await SheafRun.InvokeAsync(["device", "erase", "3", .. where]);
        var shown = await SheafRun.InvokeAsync(["device", "show", "3", "--json", .. where]);
        var purged = await SheafRun.InvokeAsync(["population", "purge", .. where]);
        var exported = await SheafRun.InvokeAsync(["model", "export", "--to", _folder.In("model"), .. where]);
        var evaluated = await SheafRun.InvokeAsync(["model", "evaluate", "--json", .. where]);
        var byFolder = await SheafRun.InvokeAsync("device", "show", "3", "--json", "--output", _folder.In("verbs"));

        Assert.All([erased, shown, purged, exported, evaluated, byFolder], called => Assert.Equal((0, ""), (called.ExitCode, called.Error)));
        Assert.Equal(0, JsonDocument.Parse(shown.Output).RootElement.GetProperty("status").GetProperty("activity").GetInt32());
        Assert.Contains("1 receipts completed", purged.Output);
        Assert.True(File.Exists(_folder.In("model/model.safetensors")));
        Assert.Equal(0, audited.ExitCode);
        Assert.Matches($"^{task}: 3 rounds \\(0 abandoned\\), [0-9]+ updates of weight [0-9.]+\\. All in order; ", audited.Output);
        Assert.Equal($"{task}: 24 sessions in 3 rounds.\n  -v[]+^           24  100.0%  trained, and its update was taken\n", shapes.Output);
        Assert.Equal(3, JsonDocument.Parse(evaluated.Output).RootElement.GetProperty("round").GetInt32());
    }

    [Fact]
    public async Task Show_Cluster_NamesItsSilosAndWhatTheyHave()
    {
        var shown = await SheafRun.InvokeAsync("cluster", "show", "--json", "--cluster", fixture.Address);

        var silo = JsonDocument.Parse(shown.Output).RootElement.EnumerateArray().Single(silo => silo.GetProperty("status").GetString() == "Active");
        Assert.Equal(("only", 1, "none"), (silo.GetProperty("name").GetString(), silo.GetProperty("lanes").GetInt32(), silo.GetProperty("accelerators").GetString()));
    }

    [Theory]
    [InlineData("task", "list")]
    [InlineData("cluster", "show")]
    public async Task Command_NoClusterNamed_AsksForOne(string command, string verb)
    {
        var run = await SheafRun.InvokeAsync(command, verb);

        Assert.Equal((1, "Which cluster? Name it with --cluster, for example --cluster sheaf@127.0.0.1:30000, or in the environment variable SHEAF_CLUSTER.\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task Command_NothingThere_SaysSo()
    {
        var run = await SheafRun.InvokeAsync("task", "list", "--cluster", "127.0.0.1:1");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("No silo of the cluster 'sheaf' lets this client in at sheaf@127.0.0.1:1 (Connection refused). Check that one runs there, and that nothing is between.\n", run.Error);
    }

    [Fact]
    public async Task Command_TheClusterHasAnotherName_SaysSo()
    {
        var run = await SheafRun.InvokeAsync("task", "list", "--cluster", fixture.Address.Replace("sheaf@", "other@", StringComparison.Ordinal));

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("No silo of the cluster 'other' lets this client in at ", run.Error);
    }

    [Fact]
    public async Task Command_CertificateThatIsNotThere_NamesEveryFile()
    {
        var run = await SheafRun.InvokeAsync("task", "list", "--cluster", fixture.Address, "--tls", "/no/such/folder");

        Assert.Equal(1, run.ExitCode);
        Assert.All(["tls.crt", "tls.key", "silo-ca.crt"], file => Assert.Contains($"'/no/such/folder/{file}'", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_UnknownTask_SaysSo()
    {
        var shown = await SheafRun.InvokeAsync("task", "show", "nothing", "--cluster", fixture.Address);
        var device = await SheafRun.InvokeAsync("device", "show", "1", "--task", "nothing", "--cluster", fixture.Address);

        Assert.Equal((1, "The cluster has no task 'nothing'. 'sheaf task list' shows those it has.\n"), (shown.ExitCode, shown.Error));
        Assert.Equal((1, "The cluster has no task 'nothing'. 'sheaf task list' shows those it has.\n"), (device.ExitCode, device.Error));
    }

    [Theory]
    [InlineData("--detach", "--detach: a cluster in this process ends with it. Name another one with --cluster.")]
    [InlineData("--cluster=:", "--cluster: ':' is no address of a cluster. Write [NAME@]HOST[:PORT], for example sheaf@127.0.0.1:30000; several hosts with commas.")]
    public async Task Run_OptionsThatMakeNoSense_AreRefused(string option, string message)
    {
        var run = await SheafRun.InvokeAsync("run", option);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(message + "\n", run.Error);
    }

    private async Task<SheafRun> RunAsync(string name, params string[] more) =>
        await SheafRun.InvokeAsync(["run", _folder.Write("small.json", SheafRun.SmallStudy), "--output", _folder.In(name), .. more]);

    private async Task<string?> StatusAsync(string verb, string task)
    {
        var run = await SheafRun.InvokeAsync("task", verb, task, "--json", "--cluster", fixture.Address);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("status").GetString();
    }

    private async Task<JsonElement> ShowAsync(string task) =>
        JsonDocument.Parse((await SheafRun.InvokeAsync("task", "show", task, "--json", "--cluster", fixture.Address)).Output).RootElement;

    private async Task UntilRoundAsync(string task, int round)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await ShowAsync(task)).GetProperty("round").GetInt32() < round)
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
