using System.Text;
using System.Text.Json;

namespace Sheaf.Client.Tests.Running;

/// <summary>Erasing parts of a run's devices, policies, purging, and a backup that is put back.</summary>
public sealed class ErasureCommandTests : IDisposable
{
    private const int Devices = 6;
    private const int RowsOfEach = 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Erase_Parts_TakesThemAndSaysWhichRoundsUsedThem()
    {
        await RunAsync();

        var label = await JsonAsync("device", "erase", "d1", "--label", "play");
        var times = await JsonAsync("device", "erase", "d1", "--from", "1970-01-01T00:00:19Z", "--until", "1970-01-01T00:00:43Z");
        var examples = await JsonAsync("device", "erase", "d1", "--example", "63", "69");
        var none = await InvokeAsync("device", "erase", "nobody");

        // d1 has the rows 1, 7, 13, …, a second apart; every second of them is "alarm".
        Assert.Equal([10, 2, 1], new[] { label, times, examples }.Select(json => json.GetProperty("receipt").GetProperty("examples").GetInt32()));
        var receipt = label.GetProperty("receipt");
        Assert.Equal(("play", 1, false), (receipt.GetProperty("scope").GetProperty("label").GetString(), receipt.GetProperty("number").GetInt32(), receipt.GetProperty("isWithdrawal").GetBoolean()));
        Assert.Equal([1, 2, 3], Rounds(Assert.Single(receipt.GetProperty("usedBy").EnumerateArray())));
        var lineage = await JsonAsync("device", "lineage", "d1");
        Assert.Equal([1, 2, 3], Rounds(lineage));
        Assert.Equal(RowsOfEach - 13, await HeldAsync("d1"));
        Assert.Contains("nobody, erasure 4: everything erased, 0 examples", none.Output, StringComparison.Ordinal);
        Assert.Contains("  It held none of that. Should it have, look at how its name is spelt.\n", none.Output, StringComparison.Ordinal);
        Assert.Equal("No committed round of task run-7 used data of device nobody.\n", (await InvokeAsync("device", "lineage", "nobody")).Output);
    }

    [Fact]
    public async Task Withdraw_ThenPurge_CompletesTheReceiptsAndLeavesNoByte()
    {
        await RunAsync();
        Assert.True(FilesHave("d2 said"));

        var withdrawn = await JsonAsync("device", "withdraw", "d2");
        Assert.False(FilesHave("d2 said"));
        var purged = await JsonAsync("population", "purge");
        var status = (await JsonAsync("device", "show", "d2")).GetProperty("status");

        Assert.Equal((RowsOfEach, true), (withdrawn.GetProperty("receipt").GetProperty("examples").GetInt32(), withdrawn.GetProperty("receipt").GetProperty("isWithdrawal").GetBoolean()));
        var purge = purged.GetProperty("purge");
        Assert.Equal(1, purge.GetProperty("receipts").GetInt32());
        Assert.Equal(2, purge.GetProperty("outOfReach").GetArrayLength());
        Assert.Equal((0, true), (status.GetProperty("activity").GetInt32(), status.GetProperty("isWithdrawn").GetBoolean()));
        Assert.Equal(purge.GetProperty("ended").GetString(), status.GetProperty("receipts")[0].GetProperty("physicallyErasedAt").GetString());
        Assert.True(FilesHave("d3 said"));
        Assert.Contains("  Its consent is withdrawn.\n", (await InvokeAsync("device", "show", "d2")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_OfADeviceAndOfThePopulation_HoldAsTheirVersionsSay()
    {
        await RunAsync();

        var own = await InvokeAsync("device", "policy", "d0", "--examples-max", "3", "--age-max-days", "2");
        var ofAll = await InvokeAsync("population", "policy", "--examples-max", "15");
        var shown = await InvokeAsync("device", "show", "d0");
        var inherited = await InvokeAsync("device", "policy", "d0", "--keep-all");
        await InvokeAsync("device", "policy", "d0", "--inherit");

        Assert.Equal((0, ""), (own.ExitCode, own.Error));
        Assert.StartsWith("Device d0: 3 examples to train on, 0 held out", own.Output, StringComparison.Ordinal);
        Assert.Contains("  It keeps the newest 3 examples, examples younger than 2 days (version 0), by its own policy, the next goes at 1970-01-03 00:01:42Z.\n", own.Output, StringComparison.Ordinal);
        Assert.Contains($"hold {(15 * (Devices - 1)) + 3} examples to train on", ofAll.Output, StringComparison.Ordinal);
        Assert.Contains("  Devices keep the newest 15 examples (version 1).\n", ofAll.Output, StringComparison.Ordinal);
        Assert.Contains("the newest 15 examples (version 1), by its population's policy.\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("everything (version 1), by its own policy.\n", inherited.Output, StringComparison.Ordinal);
        Assert.Equal(3, await HeldAsync("d0"));
        var late = await InvokeAsync("population", "policy", "--examples-max", "0", "--policy-version", "1");
        Assert.Equal(
            (1, "The population 'run-7' cannot be kept by this policy. ExamplesMax is 0: choose at least 1, or leave it out to keep any number. "
                + "Version is 1: the policy that holds is at 1 or has that version, choose at least 2.\n"),
            (late.ExitCode, late.Error));
    }

    [Fact]
    public async Task Advance_PastTheAge_DeletesWhatHasExpired()
    {
        await RunAsync();
        await InvokeAsync("population", "policy", "--age-max-days", "1");

        var advanced = await InvokeAsync("population", "advance", "--to", "1970-01-02T00:01:00Z", "--json");

        // Of 120 rows, a second apart, those of the first minute, its end included, are a day old.
        using var json = JsonDocument.Parse(advanced.Output);
        Assert.Equal((59, 0), (json.RootElement.GetProperty("totals").GetProperty("examples").GetInt32(), json.RootElement.GetProperty("totals").GetProperty("overdue").GetInt32()));
    }

    [Theory]
    [InlineData("Say what is kept: --examples-max, --overflow, --age-max-days, --bytes-max, --periods-max, --train-once, --reserve, --reserve-choice, or --keep-all, or --inherit.", "device", "policy", "d0")]
    [InlineData("Say what is kept: --examples-max, --overflow, --age-max-days, --bytes-max, --periods-max, --train-once, --reserve, --reserve-choice, or --keep-all.", "population", "policy")]
    [InlineData("--inherit and --examples-max contradict each other: give one or the other.", "device", "policy", "d0", "--inherit", "--examples-max", "3")]
    [InlineData("--keep-all and --inherit contradict each other: give one or the other.", "device", "policy", "d0", "--keep-all", "--inherit")]
    [InlineData("--age-max-days is 0: use a number of days from 0.001 to 36500.", "population", "policy", "--age-max-days", "0")]
    [InlineData("--age-max-days is NaN: use a number of days from 0.001 to 36500.", "population", "policy", "--age-max-days", "NaN")]
    public async Task Policy_CommandLineThatSaysNothingOrTooMuch_IsRefused(string message, params string[] args)
    {
        var run = await SheafRun.InvokeAsync(args);

        Assert.Equal((2, message), (run.ExitCode, run.Error.Split('\n')[0]));
    }

    [Fact]
    public async Task Erase_ScopesTogether_AreRefused()
    {
        await RunAsync();

        var both = await InvokeAsync("device", "erase", "d0", "--label", "play", "--example", "3");

        Assert.Equal((1, "This cannot be erased. It names a label and single examples: erase by one of them, one after the other.\n"), (both.ExitCode, both.Error));
        Assert.Equal(RowsOfEach, await HeldAsync("d0"));
    }

    [Fact]
    public async Task Show_JournalOfErasuresDamaged_StartsNothingAndSaysWhatToDo()
    {
        await RunAsync();
        await InvokeAsync("device", "erase", "d0");
        File.AppendAllText(_folder.In("a/erasures.jsonl"), "nonsense\n");

        var shown = await InvokeAsync("device", "show", "d0");

        var message = $"Line 2 of the journal of erasures '{_folder.In("a/erasures.jsonl")}' is damaged. "
            + "Restore it from a copy: without it, what was erased could come back.\n";
        Assert.Equal((1, message), (shown.ExitCode, shown.Error));
    }

    [Fact]
    public async Task Resume_BackupFromBeforeAnErase_HasItErasedAgainBeforeAnyRoundRuns()
    {
        var killed = await SheafProcess.CrashAsync("written:task:5", "run", Study(rounds: 5), "--output", _folder.In("a"));
        Assert.Equal(SheafProcess.Killed, killed.ExitCode);
        Copy(_folder.In("a"), Directory.CreateDirectory(_folder.In("backup")).FullName);

        // In processes of their own: this one would keep the database open whose files are put back.
        Assert.Equal(0, (await SheafProcess.InvokeAsync("device", "erase", "d0", "--output", _folder.In("a"))).ExitCode);
        Assert.Equal(0, (await SheafProcess.InvokeAsync("device", "erase", "d1", "--label", "play", "--output", _folder.In("a"))).ExitCode);
        foreach (var file in Directory.EnumerateFiles(_folder.In("a"), "cluster.db*"))
        {
            File.Delete(file);
        }

        Copy(_folder.In("backup"), _folder.In("a"));
        Assert.True(FilesHave("d0 said") && FilesHave("d1 said 0001 "));
        var resumed = await SheafProcess.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        // Two rounds were committed before; from then on d0 is in none, and d1 has half of its examples.
        var (erased, halved) = (await JsonAsync("device", "lineage", "d0"), await JsonAsync("device", "lineage", "d1"));
        Assert.Equal([1, 2], Rounds(erased));
        Assert.Equal([1, 2, 3, 4, 5], Rounds(halved));
        const int All = Devices * RowsOfEach;
        Assert.Equal([All, All, All - 30, All - 30, All - 30], File.ReadLines(_folder.In("a/rounds.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("examples").GetInt32()));
        Assert.False(FilesHave("d0 said"));
        Assert.False(FilesHave("d1 said 0001 "));
        Assert.True(FilesHave("d1 said 0007 "));
        var receipts = (await JsonAsync("device", "show", "d1")).GetProperty("status").GetProperty("receipts");
        Assert.Equal((2, 10), (receipts[0].GetProperty("number").GetInt32(), receipts[0].GetProperty("examples").GetInt32()));
    }

    [Theory]
    [InlineData("call:BeginAsync:1", 0)]
    [InlineData("return:BeginAsync:1", RowsOfEach)]
    [InlineData("written:device:1", RowsOfEach)]
    [InlineData("written:shard:1", RowsOfEach)]
    [InlineData("written:device:2", RowsOfEach)]
    public async Task Erase_KilledInTheMiddle_IsFinishedByTheNextCommand(string point, int examples)
    {
        await RunAsync();

        var killed = await SheafProcess.CrashAsync(point, "device", "erase", "d3", "--output", _folder.In("a"));
        var shown = (await JsonAsync("device", "show", "d3")).GetProperty("status");

        Assert.Equal(SheafProcess.Killed, killed.ExitCode);
        Assert.Equal(RowsOfEach - examples, shown.GetProperty("activity").GetInt32());
        Assert.Equal(examples > 0 ? [examples] : [], shown.GetProperty("receipts").EnumerateArray().Select(receipt => receipt.GetProperty("examples").GetInt32()));
        Assert.Equal(examples == 0, FilesHave("d3 said"));
    }

    [Theory]
    [InlineData("call:SeeCommitAsync:2")]
    [InlineData("return:SeeCommitAsync:3")]
    [InlineData("written:task:5")]
    public async Task Resume_TrainOnceKilledAroundACommit_GivesTheRoundsOfAnUninterruptedRun(string point)
    {
        var study = Study(rounds: 4, local: "\"examplesMax\": 2", retention: "\"trainOnce\": true");
        Assert.Equal(0, (await SheafRun.InvokeAsync("run", study, "--output", _folder.In("whole"))).ExitCode);

        var killed = await SheafProcess.CrashAsync(point, "run", study, "--output", _folder.In("a"));
        var resumed = await SheafRun.InvokeAsync("run", "--resume", "--output", _folder.In("a"));

        Assert.Equal((SheafProcess.Killed, 0, ""), (killed.ExitCode, resumed.ExitCode, resumed.Error));
        Assert.Equal(SheafRun.RepeatableRounds(_folder.In("whole")), SheafRun.RepeatableRounds(_folder.In("a")));
        // Two examples of every device went in each of four rounds.
        foreach (var device in Enumerable.Range(0, Devices))
        {
            Assert.Equal(RowsOfEach - 8, await HeldAsync($"d{device}"));
        }
    }

    private static int[] Rounds(JsonElement json) => [.. json.GetProperty("rounds").EnumerateArray().Select(round => round.GetInt32())];

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "cluster.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    private Task<SheafRun> InvokeAsync(params string[] args) => SheafRun.InvokeAsync([.. args, "--output", _folder.In("a")]);

    private async Task<JsonElement> JsonAsync(params string[] args)
    {
        var run = await InvokeAsync([.. args, "--json"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.Clone();
    }

    private async Task<int> HeldAsync(string device) => (await JsonAsync("device", "show", device)).GetProperty("status").GetProperty("activity").GetInt32();

    [Fact]
    public async Task Policy_ReserveIsHeldAndNotNamed_IsRefusedUntilItIsSaidWhatBecomesOfIt()
    {
        await RunAsync();
        var set = await InvokeAsync("population", "policy", "--examples-max", "5", "--reserve", "3", "--reserve-choice", "random");
        Assert.Contains("  Devices keep the newest 5 examples, and of what goes by count or period 3 examples to replay, chosen at random (version 1).\n", set.Output, StringComparison.Ordinal);

        foreach (string[] command in (string[][])[["population", "policy"], ["device", "policy", "d0"]])
        {
            var dropped = await InvokeAsync([.. command, "--examples-max", "4"]);
            Assert.Equal((1, "The policy that holds keeps a reserve of 3 examples. Say --reserve 3 to keep it, or --reserve 0 to delete it.\n"), (dropped.ExitCode, dropped.Error));
        }

        Assert.Equal(8, await HeldAsync("d0"));
        Assert.Equal(0, (await InvokeAsync("population", "policy", "--examples-max", "5", "--reserve", "0")).ExitCode);
        Assert.Equal(5, await HeldAsync("d0"));
    }

    private async Task RunAsync() => Assert.Equal(0, (await SheafRun.InvokeAsync("run", Study(rounds: 3), "--output", _folder.In("a"))).ExitCode);

    private bool FilesHave(string text) => Directory.EnumerateFiles(_folder.In("a"), "*", SearchOption.AllDirectories)
        .Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    // Everybody trains in every round, on everything.
    private string Study(int rounds, string local = "", string retention = "")
    {
        _folder.Write("rows.tsv", "device\ttime\ttext\tlabel\n" + string.Concat(Enumerable.Range(0, Devices * RowsOfEach).Select(i =>
            $"d{i % Devices}\t{i}\td{i % Devices} said {i:D4} of it\t{(i / Devices % 2 == 0 ? "play" : "alarm")}\n")));
        return _folder.Write("run.json", $$"""
            {
              "name": "run", "seed": 7,
              "population": { "source": "file", "file": { "path": "rows.tsv" }, "shards": 2, "heldOut": 0, "retention": { {{retention}} } },
              "model": { "type": "softmax-regression", "buckets": 200 },
              "training": { "rounds": {{rounds}}, "cohort": {{Devices}}, "selection": { "strategy": "uniform" }, "local": { {{local}} } },
              "evaluation": { "every": 0 },
            }
            """);
    }
}
